import type { Readable, Writable } from 'node:stream';
import { ROLL_UPS, type RollUpBy } from '@throughline/spans';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { flagHelp, variableHelp } from '../config/settings-text.ts';
import { type ApiTarget, CliError } from './api-client.ts';
import { endWithProcess } from './end-with-process.ts';
import { EXPORT_FORMATS } from './export-formats.ts';
import { checkTimeZone, instantOf } from './local-time.ts';
import { statsHelp } from './stats/stats-help.ts';
import { createTerminal, type Terminal } from './terminal.ts';

export interface CliParts {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted when the user wants to end the command. */
  readonly signal: AbortSignal;
  readonly version: string;
  /** Default: those of the process. */
  readonly stdin?: Readable;
  readonly stdout?: Writable;
}

interface GlobalOptions {
  readonly url: string;
  readonly project?: string;
  readonly apiKey?: string;
  readonly json?: boolean;
  readonly tz: string;
}

/** Runs a command line and returns the exit code: 0 for success, 1 for a failure, 2 for an invalid command line. */
export async function runCli(argv: readonly string[], parts: CliParts): Promise<number> {
  try {
    await createProgram(parts).parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CliError || (error instanceof Error && error.name === 'ConfigError')) {
      parts.terminal.err(`${error.message}\n`);
      return error instanceof CliError ? error.exitCode : 2;
    }
    throw error;
  }
}

/** Commands import their modules when they run, so that `ls` does not wait for the library of the store. */
function createProgram({
  terminal: streams,
  env,
  signal,
  version,
  stdin = process.stdin,
  stdout = process.stdout,
}: CliParts): Command {
  const program = new Command('throughline')
    .description('Tracing for LLM applications: OTLP in, traces out, one process.')
    .version(version)
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err })
    .showHelpAfterError('(throughline --help lists the commands)')
    .addOption(
      new Option('--url <url>', 'address of the server')
        .env('THROUGHLINE_URL')
        .default('http://127.0.0.1:4318'),
    )
    .addOption(new Option('--project <name>', 'project to read or write').env('THROUGHLINE_PROJECT'))
    .addOption(
      new Option('--api-key <key>', 'API key of the server, or the keys of the server to start').env(
        'THROUGHLINE_API_KEY',
      ),
    )
    .addOption(
      new Option('--tz <zone>', 'time zone of all times: local, UTC or a name such as Europe/Berlin')
        .env('THROUGHLINE_TZ')
        .default('local'),
    )
    .option('--json', 'print JSON')
    .hook('preAction', () => checkTimeZone(globals().tz));
  const globals = () => program.opts<GlobalOptions>();
  const terminal: Terminal = {
    ...streams,
    get timeZone() {
      return globals().tz;
    },
  };
  /** Times on the command line are in the zone of the printed times, unless they have an offset. */
  const ofZone = <Options extends { readonly from?: string; readonly to?: string }>(
    options: Options,
  ): Options => ({
    ...options,
    ...(options.from !== undefined && { from: instantOf(options.from, globals().tz) }),
    ...(options.to !== undefined && { to: instantOf(options.to, globals().tz) }),
  });
  const target = (): ApiTarget => ({
    url: globals().url,
    project: globals().project,
    apiKey: firstKey(globals().apiKey),
  });

  const start = program.command('start').description('start the server');
  for (const { flag, help } of flagHelp()) start.option(flag, help);
  start
    .option('--demo-if-empty', 'record the example application if there are no spans yet')
    .addHelpText('after', () => `\n${variableHelp()}\n`)
    .action(async (options) =>
      (await import('./start.ts')).start(
        terminal,
        env,
        { ...options, apiKey: options.apiKey ?? globals().apiKey },
        signal,
      ),
    );

  program
    .command('demo')
    .description('run the example application against the server (project "demo" unless --project)')
    .action(async () => (await import('./demo.ts')).demo(terminal, target(), signal));

  const examine = program
    .command('doctor')
    .description('check the data folder, the disk, the ports and the store, and say what can be done')
    .option('--repair', 'attach parts of the store that can be read again; the server must be stopped');
  for (const { flag, help } of flagHelp()) examine.option(flag, help);
  examine.action(async (options) =>
    (await import('./doctor/doctor.ts')).doctor(
      { terminal, env, version, json: globals().json === true },
      { ...options, apiKey: options.apiKey ?? globals().apiKey },
    ),
  );

  const rebuild = program
    .command('settle')
    .description('compute the rows of all traces again from their spans')
    .option('--rebuild', 'confirm it; the server must be stopped');
  for (const { flag, help } of flagHelp()) rebuild.option(flag, help);
  rebuild.action(async (options) =>
    (await import('./settle.ts')).settle(
      { terminal, env, json: globals().json === true, signal },
      { ...options, apiKey: options.apiKey ?? globals().apiKey },
    ),
  );

  program
    .command('ls')
    .description('list traces, newest first, or with --spans, --sessions or --users these')
    .argument('[filter...]', 'such as status:error model:gpt-4o')
    .addOption(new Option('--spans', 'list single spans').conflicts(['sessions', 'users']))
    .addOption(new Option('--sessions', 'list sessions with totals of their traces').conflicts('users'))
    .option('--users', 'list users with totals of their traces')
    .option('--view <name>', 'a saved view: its filter, range and order; a filter narrows it')
    .option('-n, --limit <number>', 'maximum number of rows', limitOf, 20)
    .option('--sort <order>', 'a column such as -startTime or -costUsd; a minus means descending')
    .option('--columns <attributes>', 'attributes of traces or spans to show, such as attr.plan,attr.region')
    .option(
      '--from <time>',
      'only what started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only what started before this time')
    .action(async (filter: string[], { spans, sessions, users, ...options }) =>
      (await import('./ls/ls.ts')).ls(terminal, target(), {
        ...ofZone(options),
        list: spans ? 'spans' : sessions ? 'sessions' : users ? 'users' : 'traces',
        filter: filter.length > 0 ? filter.join(' ') : undefined,
        json: globals().json === true,
      }),
    );

  program
    .command('stats')
    .description('add up spans or traces: stats cost by feature last 7d')
    .argument(
      '<question...>',
      'measures, then any of: by <dimensions>, per <grain>, last <length>, and a filter',
    )
    .option('--traces', 'count whole traces instead of single spans')
    .option('--csv', 'print CSV')
    .option('--compare', 'also show the change since the previous period')
    .option('--ascending', 'lowest values first')
    .option('-n, --limit <number>', 'maximum number of groups; the others are added up', limitOf, 20)
    .option(
      '--from <time>',
      'only what started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z; default: the last 24 hours',
    )
    .option('--to <time>', 'only what started before this time')
    .addHelpText('after', () => `\n${statsHelp()}\n`)
    .action(async (words: string[], { traces, csv, compare, ascending, ...options }) => {
      const { parseStats } = await import('./stats/parse-stats.ts');
      return (await import('./stats/stats.ts')).stats(terminal, target(), {
        ...ofZone(options),
        ...parseStats(words),
        of: traces ? 'traces' : 'spans',
        order: ascending ? 'asc' : 'desc',
        compare: compare === true,
        csv: csv === true,
        json: globals().json === true,
      });
    });

  program
    .command('trace')
    .description('print what happened in a trace, and its spans as a tree')
    .argument('<id>', 'trace id')
    .addOption(new Option('--by <group>', 'print totals by step, kind, model or tool').choices(ROLL_UPS))
    .addOption(new Option('--costs', 'print how the cost of each call was calculated').conflicts('by'))
    .action(async (id: string, { by, costs }: { by?: RollUpBy; costs?: true }) =>
      costs
        ? (await import('./trace-costs.ts')).traceCosts(terminal, target(), id, globals().json === true)
        : (await import('./trace.ts')).trace(terminal, target(), id, { by, json: globals().json === true }),
    );

  program
    .command('diff')
    .description('compare two traces step by step')
    .argument('<a>', 'trace id')
    .argument('<b>', 'trace id')
    .action(async (a: string, b: string) =>
      (await import('./diff.ts')).diff(terminal, target(), [a, b], globals().json === true),
    );

  program
    .command('export')
    .description('write traces to the standard output or to a file')
    .argument('[filter...]', 'such as status:error model:gpt-4o')
    .addOption(new Option('--format <format>', 'format').choices(EXPORT_FORMATS).default('jsonl'))
    .option('-o, --output <file>', 'file to write')
    .option(
      '--from <time>',
      'only traces that started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only traces that started before this time')
    .action(async (filter: string[], options) =>
      (await import('./export.ts')).exportTraces(
        terminal,
        target(),
        { ...ofZone(options), filter: filter.length > 0 ? filter.join(' ') : undefined },
        { signal, stdout },
      ),
    );

  program
    .command('tag')
    .description('add tags to the traces that pass a filter, or remove them')
    .argument('<filter...>', 'such as status:error or trace:4bf92f35*')
    .option('--add <tag>', 'tag to add; can be repeated', collect, [])
    .option('--remove <tag>', 'tag to remove; can be repeated', collect, [])
    .option(
      '--from <time>',
      'only traces that started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only traces that started before this time')
    .action(async (filter: string[], options) =>
      (await import('./tag.ts')).tagTraces(
        terminal,
        target(),
        { ...ofZone(options), filter: filter.join(' ') },
        signal,
      ),
    );

  program
    .command('delete')
    .description('delete the traces that pass a filter, with their content, logs, scores and tags')
    .argument('<filter...>', 'such as env:staging or trace:4bf92f35*')
    .option('--dry-run', 'only print how many traces and spans would be deleted')
    .option('--yes', 'delete them; without it, nothing is deleted')
    .option(
      '--from <time>',
      'only traces that started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only traces that started before this time')
    .action(async (filter: string[], options) =>
      (await import('./delete.ts')).deleteTraces(
        terminal,
        target(),
        { ...ofZone(options), filter: filter.join(' '), json: globals().json === true },
        signal,
      ),
    );

  const prices = program.command('prices').description('prices that a project has set itself');
  prices
    .command('ls')
    .description('list them')
    .action(async () =>
      (await import('./prices.ts')).listPrices(terminal, target(), globals().json === true),
    );
  prices
    .command('set')
    .description('set the price of a model, in US dollars per million tokens')
    .argument('<model>', 'a model name, or a pattern such as "acme-*"')
    .requiredOption('--input <usd>', 'input', usdOf)
    .requiredOption('--output <usd>', 'output; 0 if the model has none', usdOf)
    .option('--cached-input <usd>', 'input read from the cache', usdOf)
    .option('--cache-write <usd>', 'input written to the cache (for 5 minutes)', usdOf)
    .option('--cache-write-1h <usd>', 'input written to the cache for an hour', usdOf)
    .option('--reasoning <usd>', 'reasoning', usdOf)
    .option('--audio-input <usd>', 'audio input', usdOf)
    .option('--audio-output <usd>', 'audio output', usdOf)
    .option('--per-request <usd>', 'US dollars per call', usdOf)
    .option('--provider <name>', 'only calls of this provider')
    .option('--from <time>', 'calls that start at or after this time, such as 2026-12-01')
    .option('--to <time>', 'calls that start before this time')
    .option(
      '--tier <name=factor>',
      'factor of a service tier, such as batch=0.5; can be repeated',
      collect,
      [],
    )
    .option(
      '--above <tokens:prices>',
      'prices of long prompts, such as 200000:input=6,output=22.5; can be repeated',
      collect,
      [],
    )
    .action(async (model: string, { cacheWrite1h, ...options }) =>
      (await import('./prices.ts')).setPrice(
        terminal,
        target(),
        model,
        { ...ofZone(options), cacheWrite1h },
        globals().json === true,
      ),
    );
  prices
    .command('delete')
    .description('delete a price')
    .argument('<price>', 'its id, or its model')
    .action(async (which: string) => (await import('./prices.ts')).deletePrice(terminal, target(), which));

  program
    .command('reprice')
    .description('compute the costs of stored spans again with the prices of now')
    .argument('[filter...]', 'only spans whose own labels match, such as model:gpt-4o')
    .option('--dry-run', 'change nothing and print what would change')
    .option(
      '--from <time>',
      'only spans that started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only spans that started before this time')
    .action(async (filter: string[], options) =>
      (await import('./reprice.ts')).reprice(
        terminal,
        target(),
        {
          ...ofZone(options),
          filter: filter.length > 0 ? filter.join(' ') : undefined,
          json: globals().json === true,
        },
        signal,
      ),
    );

  program
    .command('import')
    .description('send exported files (JSON lines or OTLP as JSON) to the server')
    .argument('<files...>', 'paths; - means the standard input')
    .action(async (files: string[]) =>
      (await import('./import/import-files.ts')).importFiles(terminal, target(), files, { signal, stdin }),
    );

  program
    .command('why')
    .description('show what is different about the traces that pass a filter')
    .argument('<filter...>', 'such as latency>5s or status:error')
    .option('--among <filter>', 'only compare with traces that pass this filter')
    .option('-n, --limit <number>', 'maximum number of differences', limitOf, 40)
    .option(
      '--from <time>',
      'only traces that started at or after this time, such as 2026-11-20 or 2026-11-20T10:00Z',
    )
    .option('--to <time>', 'only traces that started before this time')
    .action(async (filter: string[], options) =>
      (await import('./why.ts')).why(terminal, target(), filter.join(' '), {
        ...ofZone(options),
        json: globals().json === true,
      }),
    );

  program
    .command('tail')
    .description('print spans as they arrive, or traces when they are finished')
    .argument('[filter...]', 'only spans that match, such as kind:tool status:error')
    .option('--traces', 'print each trace when it is finished, instead of its spans')
    .action(async (filter: string[], { traces }: { traces?: true }) =>
      (await import('./tail.ts')).tail(
        terminal,
        target(),
        {
          filter: filter.length > 0 ? filter.join(' ') : undefined,
          json: globals().json === true,
          traces: traces === true,
        },
        signal,
      ),
    );

  return program;
}

/** Collects the values of an option that can be repeated. */
function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** The variable of the server may hold several keys; a client sends one. */
function firstKey(keys: string | undefined): string | undefined {
  return keys?.split(',')[0]?.trim() || undefined;
}

function usdOf(text: string): number {
  const usd = Number(text);
  if (text.trim() === '' || !Number.isFinite(usd) || usd < 0)
    throw new InvalidArgumentError('expected US dollars, such as 2.50.');
  return usd;
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 500) {
    throw new InvalidArgumentError('expected a number from 1 to 500.');
  }
  return limit;
}

/** Runs the process. `bin/throughline.js` calls it. */
export async function main(version: string): Promise<void> {
  const launcher = Number(process.env.THROUGHLINE_PARENT_PID);
  if (launcher > 0) endWithProcess(launcher);
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // A second signal ends the process at once.
    process.once(name, () => controller.abort());
  }
  // `throughline ls | head` closes the pipe early.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const terminal = createTerminal(process.stdout, process.stderr, process.env);
  process.exitCode = await runCli(process.argv.slice(2), {
    terminal,
    env: process.env,
    signal: controller.signal,
    version,
  });
}
