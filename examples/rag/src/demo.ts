import { createModelServer } from '@throughline/example-model-server';
import { withContext } from '@throughline/sdk';
import { connectProviders, openAssistant } from './assistant.ts';
import { demoScripts } from './demo-scripts.ts';
import type { ChatMessage } from './generate/messages.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { startTracing, stopTracing } from './tracing.ts';

/** Number of sessions that run in parallel. */
const PARALLEL_SESSIONS = 6;

export interface DemoOptions {
  /** URL of the server that receives the traces, e.g. `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  /** API key of the server. Default: THROUGHLINE_API_KEY. */
  readonly apiKey?: string | undefined;
  readonly project: string;
  /** Number of requests. Default: each scenario once, about forty. */
  readonly traces?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops the demo when the running requests have finished. */
  readonly signal?: AbortSignal;
}

export interface DemoSummary {
  /** Number of requests. Each is a trace; building the index is one more trace. */
  readonly requests: number;
  /** Number of requests that failed. */
  readonly failed: number;
  readonly durationMs: number;
}

/**
 * Handles the requests of several customers and sends the traces. If `OPENAI_BASE_URL` and `ANTHROPIC_BASE_URL` are set,
 * it uses these models; otherwise it starts a model server that simulates failures and delays. Resolves when all traces
 * have been sent. Rejects if they cannot be sent.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const startedAtMs = performance.now();
  const hasProviders =
    process.env.OPENAI_BASE_URL !== undefined && process.env.ANTHROPIC_BASE_URL !== undefined;
  const modelServer = hasProviders
    ? undefined
    : await createModelServer({ scripts: demoScripts() }).listen(0);
  startTracing({
    endpoint: options.endpoint,
    project: options.project,
    environment: 'demo',
    apiKey: options.apiKey,
  });
  try {
    const assistant = await openAssistant(connectProviders(modelServer?.url));
    const requests = take(scenarios(), options.traces);
    let done = 0;
    let failed = 0;

    const serve = async (session: readonly Scenario[]) => {
      const history: ChatMessage[] = [];
      for (const { visit, run } of session) {
        if (options.signal?.aborted) return;
        try {
          await withContext(visit, () => run(assistant, history));
        } catch {
          // The trace already records the error. A real application would show an error page.
          failed += 1;
        }
        done += 1;
        options.onProgress?.(done, requests.length);
      }
    };
    await inParallel(bySession(requests), PARALLEL_SESSIONS, serve);
    assistant.index.close();
    return { requests: done, failed, durationMs: performance.now() - startedAtMs };
  } finally {
    await modelServer?.close();
    await stopTracing(options.endpoint);
  }
}

/** Returns the first `count` scenarios. Starts again from the beginning if there are fewer. */
function take(all: readonly Scenario[], count = all.length): Scenario[] {
  return Array.from({ length: count }, (_, index) => all[index % all.length]).filter(
    (scenario) => scenario !== undefined,
  );
}

function bySession(requests: readonly Scenario[]): Scenario[][] {
  return [...Map.groupBy(requests, ({ visit }) => visit.sessionId).values()];
}

async function inParallel<Item>(
  items: readonly Item[],
  workerCount: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: workerCount }, worker));
}
