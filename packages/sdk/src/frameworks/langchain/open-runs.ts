import { type Context, context, createContextKey } from '@opentelemetry/api';
import { currentClient } from '../../core/client.ts';
import { swallow } from '../../core/report.ts';
import { type Span, type SpanOptions, startSpan } from '../../span/span.ts';
import type { SpanUpdate } from '../../span/span-update.ts';
import { isAborted, isControlFlow } from './run-facts.ts';
import { type StreamedRun, streamedRun } from './streamed-run.ts';

/** The run whose code is running: set where LangChain runs a function on behalf of a run. */
const RUN = createContextKey('@throughline/sdk.langchain-run');

interface Run {
  readonly span: Span;
  /** A run that is not shown: those below it are shown below the run above it. */
  readonly isHidden: boolean;
  readonly parentRunId: string | undefined;
  /** When it is over, however that happens. */
  readonly over: (() => void) | undefined;
}

/** What a run is from its beginning. */
export interface NewRun {
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly name: string;
  readonly isHidden?: boolean;
  readonly options: SpanOptions;
  /** Done when the run is under way; what it returns when it is over. */
  readonly announce?: () => () => void;
}

/** Beyond it the oldest are ended: runs of streams that nobody read to the end are never told to be over. */
const MAX_RUNS = 10_000;

/** The runs of LangChain that are under way, each with its span, by LangChain's own ids. */
export class OpenRuns {
  readonly #runs = new Map<string, Run>();

  start({ runId, parentRunId, name, isHidden = false, options, announce }: NewRun): void {
    if (currentClient() === undefined) return;
    try {
      const above = this.#find(parentRunId);
      if (isHidden && above !== undefined) {
        this.#runs.set(runId, { span: above.span, isHidden: true, parentRunId, over: undefined });
        return;
      }
      // Where the application's own spans are between the run above and this one, they stay between.
      const isInside = context.active().getValue(RUN) === parentRunId && parentRunId !== undefined;
      const span = startSpan(
        name,
        isInside || above === undefined ? options : { ...options, parent: above.span },
      );
      this.#runs.set(runId, { span, isHidden: false, parentRunId, over: announce?.() });
      const streamed: StreamedRun | undefined = streamedRun(context.active());
      if (streamed !== undefined) streamed.cancel ??= () => this.cancel(runId);
      if (this.#runs.size > MAX_RUNS) this.cancel(this.#runs.keys().next().value ?? '');
    } catch (error) {
      swallow('starting a LangChain run', error);
    }
  }

  end(runId: string, read: (span: Span) => SpanUpdate): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    try {
      if (!run.isHidden && run.span.isRecording) run.span.update(read(run.span));
    } catch (error) {
      swallow('ending a LangChain run', error);
    }
    this.#close(runId, run);
  }

  fail(error: unknown, runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    if (!run.isHidden) {
      if (isControlFlow(error)) run.span.set({ 'langgraph.interrupted': true });
      else if (isAborted(error)) run.span.recordCancelled();
      else run.span.recordError(error);
    }
    this.#close(runId, run);
  }

  /** For a stream whose reader went away: LangChain says nothing then. */
  cancel(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.span.recordCancelled();
    this.#close(runId, run);
  }

  markFirstToken(runId: string): void {
    this.#find(runId)?.span.markFirstToken();
  }

  /** The context for code that LangChain runs on behalf of a run. */
  contextOf(runId: string | undefined, active: Context): Context | undefined {
    if (runId === undefined || active.getValue(RUN) === runId) return undefined;
    return this.#find(runId)?.span.context.setValue(RUN, runId);
  }

  /** What is still open below ends with it: streams that were left are not told to be over. */
  #close(runId: string, run: Run): void {
    this.#runs.delete(runId);
    run.over?.();
    if (!run.isHidden) run.span.end();
    if (run.parentRunId !== undefined) return;
    for (const [id, other] of this.#runs) if (this.#rootOf(other) === runId) this.cancel(id);
  }

  #rootOf(run: Run): string | undefined {
    let { parentRunId } = run;
    for (let up = this.#find(parentRunId); up?.parentRunId; up = this.#find(parentRunId))
      parentRunId = up.parentRunId;
    return parentRunId;
  }

  #find(runId: string | undefined): Run | undefined {
    return runId === undefined ? undefined : this.#runs.get(runId);
  }
}
