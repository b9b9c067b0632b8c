import { createModelServer } from '@throughline/example-model-server';
import { withContext } from '@throughline/sdk';
import { connectProviders, openAssistant } from './assistant.ts';
import { demoScripts } from './demo-scripts.ts';
import type { ChatMessage } from './generate/messages.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { startTracing, stopTracing } from './tracing.ts';

/** Sessions that are served at the same time. */
const PARALLEL_SESSIONS = 6;

export interface DemoOptions {
  /** Address of the server that receives the traces, such as `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  readonly project: string;
  /** How many requests to make. Default: each scenario once, about forty. */
  readonly traces?: number;
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops after the requests that are under way. */
  readonly signal?: AbortSignal;
}

export interface DemoSummary {
  /** Requests made; each is a trace. Filling the index is one more. */
  readonly requests: number;
  /** Of them, those that ended with an error. */
  readonly failed: number;
  readonly durationMs: number;
}

/**
 * Serves the requests of some customers and sends the traces. Models are those at `OPENAI_BASE_URL` and
 * `ANTHROPIC_BASE_URL` where both are set (failures and delays are then theirs); else a model server of its own.
 * Resolves when everything was sent; rejects where it cannot be sent.
 */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  const startedAtMs = performance.now();
  const hasProviders =
    process.env.OPENAI_BASE_URL !== undefined && process.env.ANTHROPIC_BASE_URL !== undefined;
  const modelServer = hasProviders
    ? undefined
    : await createModelServer({ scripts: demoScripts() }).listen(0);
  startTracing({ endpoint: options.endpoint, project: options.project, environment: 'demo' });
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
          // The trace tells; the customer would see a page that says so.
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

/** The first `count`, from the beginning again where there are not so many. */
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
  lanes: number,
  run: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const lane = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
