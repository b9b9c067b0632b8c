import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ServicesOptions {
  /** Base URL of the Throughline server that all services send to. */
  readonly endpoint: string;
  readonly project: string;
  /** URL of the model server, including `/v1`. Default: URL and key in the environment. */
  readonly modelsUrl?: string | undefined;
  /** Whether to start the Python worker. Without it, the gateway writes to the queue itself. */
  readonly python: boolean;
}

export interface Services {
  /** URL of the gateway. */
  readonly url: string;
  /** Stops all services. They send their spans first. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 5_000;

/** Starts each service in its own process. The queue is a new temporary folder. */
export async function startServices(options: ServicesOptions): Promise<Services> {
  const { endpoint, project, modelsUrl } = options;
  const queue = await mkdtemp(join(tmpdir(), 'throughline-services-'));
  await Promise.all(['questions', 'answers'].map((name) => mkdir(join(queue, name))));
  const environment = {
    ...process.env,
    QUEUE: queue,
    THROUGHLINE_URL: endpoint,
    THROUGHLINE_PROJECT: project,
    ...(modelsUrl !== undefined && { OPENAI_BASE_URL: modelsUrl, OPENAI_API_KEY: 'example' }),
  };
  const children: ChildProcess[] = [];
  const start = (command: string, args: readonly string[], added: Readonly<Record<string, string>> = {}) => {
    const child = spawn(command, args, {
      env: { ...environment, ...added },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return firstLine(command, child);
  };
  const startNode = (file: string, added?: Readonly<Record<string, string>>) =>
    start(process.execPath, ['--conditions=throughline-source', pathOf(file)], added);
  const stop = async () => {
    await Promise.all(children.map(stopProcess));
    await rm(queue, { recursive: true, force: true });
  };

  try {
    const consumer = startNode('./consumer.ts');
    const workerUrl = options.python
      ? await start('python3', [pathOf('../worker/worker.py')], {
          OTEL_SERVICE_NAME: 'worker',
          OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
          OTEL_EXPORTER_OTLP_HEADERS: `x-throughline-project=${encodeURIComponent(project)}`,
          OTEL_EXPORTER_OTLP_TIMEOUT: '2',
        })
      : undefined;
    const url = await startNode('./gateway.ts', workerUrl === undefined ? {} : { WORKER_URL: workerUrl });
    await consumer;
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}

/** Returns the first line that a service prints, e.g. its URL. Rejects if the service exits before. */
async function firstLine(command: string, child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The service has no pipe for its output');
  const lines = createInterface({ input: child.stdout });
  const ended = Promise.race([once(child, 'error'), once(child, 'exit')]).then(([reason]) => {
    throw new Error(`${command} ended with ${reason} before it printed a line`);
  });
  ended.catch(() => {});
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  return line;
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
