/** A server in its own process, as a user starts it: it can be killed, starved and given a wrong clock. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface ServerProcess {
  readonly pid: number;
  /** Resolves when the server listens. Rejects with its output if it ends before. */
  readonly listening: Promise<{ readonly url: string; readonly grpcUrl: string }>;
  /** Exit code and signal. */
  readonly ended: Promise<Ending>;
  /** Its output on stderr so far: the log, or the reason why it does not start. */
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
  /** Modules that it imports first. */
  readonly preload?: readonly URL[];
  /** A command that runs it: `['nsenter', '-t', '7', '-m']`. The command has to become the server instead of starting it. */
  readonly through?: readonly string[];
}

/** Lines of a log with the level warn or above, and lines that are not JSON. */
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
  // A test that kills the server during its start does not wait for this promise.
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

/** The address in the two lines that are printed in a terminal. */
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

/** Call it in `afterAll`, so that a failed test leaves no processes. */
export async function killServers(): Promise<void> {
  for (const child of running) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
}
