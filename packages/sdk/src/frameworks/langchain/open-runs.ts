import { type Context, context, createContextKey } from '@opentelemetry/api';
import { currentClient } from '../../context/client.ts';
import { swallow } from '../../core/report.ts';
import type { Span, SpanOptions } from '../../span/span.ts';
import type { SpanUpdate } from '../../span/span-update.ts';
import { startSpan } from '../../span/start-span.ts';
import { isAborted, isControlFlow } from './run-facts.ts';
import { type StreamedRun, streamedRun } from './streamed-run.ts';

/** Context key for the run whose code is executing. Set when LangChain runs a function as part of a run. */
const RUN = createContextKey('@throughline/sdk.langchain-run');

interface Run {
  readonly span: Span;
  /** A hidden run has no span. Its children become children of its parent. */
  readonly isHidden: boolean;
  readonly parentRunId: string | undefined;
  /** Called when the run ends, for whatever reason. */
  readonly onEnd: (() => void) | undefined;
}

/** The data of a run at its start. */
export interface NewRun {
  readonly runId: string;
  readonly parentRunId: string | undefined;
  readonly name: string;
  readonly isHidden?: boolean;
  readonly options: SpanOptions;
  /** Called when the run starts. The function that it returns is called when the run ends. */
  readonly onStart?: () => () => void;
}

/** Above this, the oldest runs are ended: LangChain never reports the end of streams that are not read completely. */
const MAX_RUNS = 10_000;

/** Open LangChain runs with their spans, by LangChain's run ids. */
export class OpenRuns {
  readonly #runs = new Map<string, Run>();

  start({ runId, parentRunId, name, isHidden = false, options, onStart }: NewRun): void {
    if (currentClient() === undefined) return;
    try {
      const above = this.#find(parentRunId);
      if (isHidden && above !== undefined) {
        this.#runs.set(runId, { span: above.span, isHidden: true, parentRunId, onEnd: undefined });
        return;
      }
      // If the parent run's code is executing, the active span is the parent. It may be a span of the application.
      const isInside = context.active().getValue(RUN) === parentRunId && parentRunId !== undefined;
      const span = startSpan(
        name,
        isInside || above === undefined ? options : { ...options, parent: above.span },
      );
      this.#runs.set(runId, { span, isHidden: false, parentRunId, onEnd: onStart?.() });
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

  /** Ends the run of a stream whose reader stopped early, which LangChain does not report. */
  cancel(runId: string): void {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    run.span.recordCancelled();
    this.#close(runId, run);
  }

  markFirstToken(runId: string): void {
    this.#find(runId)?.span.markFirstToken();
  }

  /** Returns the context for code that LangChain runs as part of a run. */
  contextOf(runId: string | undefined, active: Context): Context | undefined {
    if (runId === undefined || active.getValue(RUN) === runId) return undefined;
    return this.#find(runId)?.span.context.setValue(RUN, runId);
  }

  /** When a root run ends, its open descendants are cancelled: LangChain does not report the end of abandoned streams. */
  #close(runId: string, run: Run): void {
    this.#runs.delete(runId);
    run.onEnd?.();
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
