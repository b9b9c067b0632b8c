import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type Config, type Flags, readConfig } from '../config/config.ts';
import { INSECURE_WARNING, isInsecure } from '../config/exposure.ts';
import { StartupError } from '../errors/startup-error.ts';
import { startServer } from '../main.ts';
import { CliError } from './api-client.ts';
import { DEMO_PROJECT, hasDemo } from './demo.ts';
import { paint, type Terminal } from './terminal.ts';

/** Flags of `throughline start`: those of the settings, and `--demo-if-empty`. */
export interface StartOptions extends Flags {
  readonly demoIfEmpty?: boolean;
}

/** Permissions of group and others that new files do not get. */
const PRIVATE_UMASK = 0o077;

const PROGRAM = fileURLToPath(new URL('../../bin/throughline.js', import.meta.url));

/** Runs the server until the signal is aborted, then stops it in order. */
export async function start(
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
  options: StartOptions,
  signal: AbortSignal,
): Promise<void> {
  // In a terminal, the lines below replace the log messages of the start.
  const config = readConfig(terminal.colours ? { THROUGHLINE_LOG_LEVEL: 'warn', ...env } : env, options);
  // All files of this process contain private data: prompts, answers, names.
  process.umask(PRIVATE_UMASK);
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const server = await startServer(config, log).catch((error: unknown) => {
    throw explain(error, config);
  });
  terminal.out(
    `\n  ${paint(terminal, 'bold', 'Throughline')}  ${paint(terminal, 'cyan', server.url)}\n` +
      `  Send OTLP to ${server.url}/v1/traces or, with gRPC, to ${server.grpcUrl}; data in ${placeOf(config)}. Ctrl-C stops.\n\n`,
  );
  if (isInsecure(config)) terminal.err(`${paint(terminal, 'red', INSECURE_WARNING)}\n\n`);
  if (options.demoIfEmpty) await runDemoIfEmpty(terminal, server, config.apiKeys[0], signal);
  const aborted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
  const failure = await Promise.race([aborted, server.failed]);
  await server.stop();
  if (failure) throw new CliError(failure.message, 1, failure);
}

/** The location of the data, without the password. */
function placeOf({ dataDir, clickhouse }: Config): string {
  return clickhouse ? `${clickhouse.url}/${clickhouse.database}, journal in ${dataDir}` : dataDir;
}

type Server = Awaited<ReturnType<typeof startServer>>;

/** Runs the example in a separate process, because it instruments its process like any application. */
async function runDemoIfEmpty(
  terminal: Terminal,
  server: Server,
  apiKey: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  // A store that is away is not known to be empty.
  const rows = await server.engine.query('SELECT 1 FROM spans LIMIT 1').catch(() => undefined);
  if (rows?.length !== 0 || !hasDemo()) return;
  const child = spawn(process.execPath, [PROGRAM, 'demo', '--url', server.url, '--project', DEMO_PROJECT], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // Not an argument: others can see a command line.
    env: { ...process.env, ...(apiKey && { THROUGHLINE_API_KEY: apiKey }) },
    signal,
  });
  child.on('error', (error) => {
    if (!signal.aborted) terminal.err(`The example application did not start: ${error.message}\n`);
  });
}

/** Turns errors that the operator can fix into messages. Other errors keep their stack trace. */
function explain(error: unknown, { host, port }: Config): unknown {
  if (!(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new CliError(
      `Port ${port} is in use. Stop the process that uses it, or choose a different port with --port.`,
      1,
      error,
    );
  }
  if (code === 'EADDRNOTAVAIL') return new CliError(`This machine has no address ${host}.`, 1, error);
  if (code === 'EACCES')
    return new CliError(`This user is not permitted to listen on port ${port}.`, 1, error);
  return error instanceof StartupError ? new CliError(error.message, 1, error) : error;
}
