/** A server in a process of its own, as a user starts it: it can be killed, starved and told lies. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when it listens. Rejects with what it said where it ended before that. */
  readonly listening: Promise<{ readonly url: string; readonly grpcUrl: string }>;
  /** How it ended. */
  readonly ended: Promise<Ending>;
  /** All that it wrote to stderr so far: its log, or why it does not start. */
  log(): string;
  kill(signal?: NodeJS.Signals): Promise<Ending>;
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
}

export interface ServerProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that it imports before anything else. */
  readonly preload?: readonly URL[];
  /** A command that runs it: `['nsenter', '-t', '7', '-m']`. It has to become the server, not to start it. */
  readonly through?: readonly string[];
}

/** Lines of a log that are warnings or worse, and what is no line of a log at all. */
export function complaintsOf(log: string): string[] {
  return log.split('\n').filter((line) => line !== '' && !/^\{"level":[1-3]0,/.test(line));
}

const CLI = new URL('../../packages/server/src/cli/cli.ts', import.meta.url);
const PROGRAM = `const { main } = await import(${JSON.stringify(CLI.href)}); await main('test');`;

const running = new Set<ChildProcess>();

export function spawnServer(dataDir: string, options: ServerProcessOptions = {}): ServerProcess {
  const { env = {}, preload = [], through = [] } = options;
  const imports = preload.map(({ href }) => `--import=${href}`);
  const node = [process.execPath, '--conditions=throughline-source', ...imports];
  const [command = '', ...args] = [
    ...through,
    ...node,
    '--input-type=module',
    '-e',
    PROGRAM,
    'throughline',
    'start',
  ];
  const child = spawn(command, [...args, '--data', dataDir, '--port', '0'], {
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '16',
      THROUGHLINE_WORKERS: '1',
      THROUGHLINE_LOG_LEVEL: 'info',
      // A third of the time that a start takes is compiling.
      NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url)),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  let log = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    log += bytes.toString();
  });
  const ended = once(child, 'close').then(([code, signal]): Ending => {
    running.delete(child);
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, log };
  });
  const listening = Promise.race([
    addressesOf(child),
    ended.then(({ code, signal }) => {
      throw new Error(`The server ended with ${signal ?? code}: ${log}`);
    }),
  ]);
  // Who kills it during its start does not wait for it.
  listening.catch(() => {});
  return {
    pid: child.pid as number,
    listening,
    ended,
    log: () => log,
    kill: (signal = 'SIGKILL') => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Of the two lines that a person reads. */
async function addressesOf(child: ChildProcess): Promise<{ url: string; grpcUrl: string }> {
  let text = '';
  return new Promise((resolve) => {
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString();
      const [url, , grpcUrl] = text.match(/http:\/\/[\d.:]+/g) ?? [];
      if (url && grpcUrl && text.includes('Ctrl-C')) resolve({ url, grpcUrl });
    });
  });
}

/** For `afterAll`: nothing of a failed test stays behind. */
export async function killServers(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}
