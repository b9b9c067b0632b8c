/** Runs a real server in its own process, so that its memory and processor time can be measured separately. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/server/bin/throughline.js', import.meta.url));
const CLOCK_TICKS_PER_SECOND = 100;

export interface ProcessFigures {
  /** User and system time since the start of the process. */
  cpuSeconds(): number;
  /** Highest resident memory since the start of the process. */
  peakRssBytes(): number;
  /** User and system time by name of the thread, while it is called several times per second. */
  cpuSecondsByThread(): ReadonlyMap<string, number>;
}

export interface ServerProcess extends ProcessFigures {
  readonly url: string;
  /** URL of OTLP/gRPC. */
  readonly grpcUrl: string;
  stop(): Promise<void>;
}

/** @param clickhouseUrl URL of the ClickHouse server that stores the rows. Default: the embedded store. */
export async function startServer(dataDir: string, clickhouseUrl = ''): Promise<ServerProcess> {
  const child = spawn(process.execPath, [PROGRAM, 'start', '--port', '0', '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // If the thread pool size is set, the program does not restart itself, so the measured process is the server.
    env: {
      ...process.env,
      UV_THREADPOOL_SIZE: '16',
      THROUGHLINE_LOG_LEVEL: 'warn',
      THROUGHLINE_CLICKHOUSE_URL: clickhouseUrl,
    },
  });
  const { url, grpcUrl } = await addressesOf(child);
  return {
    url,
    grpcUrl,
    ...measureProcess(child.pid),
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

export function measureProcess(pid: number | undefined): ProcessFigures {
  const threads = new ThreadTimes(`/proc/${pid}/task`);
  const stat = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8');
  return {
    cpuSeconds() {
      const fields = stat('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
    },
    cpuSecondsByThread: () => threads.read(),
    peakRssBytes: () => Number(/VmHWM:\s+(\d+)/.exec(stat('status'))?.[1] ?? 0) * 1024,
  };
}

/** Adds up the processor time of threads by name. Threads of pools change their names and end, so it has to be read often. */
class ThreadTimes {
  readonly #folder: string;
  readonly #last = new Map<string, number>();
  readonly #sums = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(): ReadonlyMap<string, number> {
    for (const thread of readdirSync(this.#folder)) {
      const [, name = '', rest = ''] = /\((.*)\) (.*)/.exec(this.#stat(thread)) ?? [];
      if (name === '') continue;
      const fields = rest.split(' ');
      const seconds = (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
      const before = this.#last.get(thread) ?? 0;
      // The kernel uses the ids of ended threads again.
      const more = seconds >= before ? seconds - before : seconds;
      this.#last.set(thread, seconds);
      this.#sums.set(name, (this.#sums.get(name) ?? 0) + more);
    }
    return new Map(this.#sums);
  }

  #stat(thread: string): string {
    try {
      return readFileSync(`${this.#folder}/${thread}/stat`, 'utf8');
    } catch {
      return '';
    }
  }
}

/** Reads the URLs that the server prints: the web page, OTLP over HTTP, and OTLP over gRPC. */
function addressesOf(child: ChildProcess): Promise<{ url: string; grpcUrl: string }> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`The server ended with code ${code} before it was ready.`)),
    );
    if (!child.stdout) return;
    let text = '';
    createInterface(child.stdout).on('line', (line) => {
      text += line;
      const [url, , grpcUrl] = text.match(/http:\/\/[\w.:[\]]+/g) ?? [];
      if (url && grpcUrl) resolve({ url, grpcUrl });
    });
  });
}

/** Total size of all files in a folder, in bytes. */
export function folderBytes(folder: string): number {
  return readdirSync(folder, { withFileTypes: true }).reduce((total, entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return total + folderBytes(path);
    return total + (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}
