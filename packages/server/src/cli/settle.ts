import { access } from 'node:fs/promises';
import { formatCount } from '@throughline/spans';
import { type Flags, readConfig } from '../config/config.ts';
import { StartupError } from '../errors/startup-error.ts';
import { rebuildTraces } from '../rebuild-traces.ts';
import { CliError } from './api-client.ts';
import type { Terminal } from './terminal.ts';

export interface SettleOptions extends Flags {
  readonly rebuild?: boolean;
}

export interface SettleParts {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly signal: AbortSignal;
}

/** Computes the rows of all traces again. The server settles new spans itself, so only a rebuild needs a command. */
export async function settle(
  { terminal, env, json, signal }: SettleParts,
  options: SettleOptions,
): Promise<void> {
  if (options.rebuild !== true)
    throw new CliError(
      'Add --rebuild to compute all traces again from their spans. The server must be stopped.',
      2,
    );
  const config = readConfig(env, options);
  await access(config.dataDir).catch(() => {
    throw new CliError(`There is no data folder ${config.dataDir}. Set it with --data.`);
  });
  const began = performance.now();
  const traces = await rebuildTraces(
    config,
    ({ done, of }) => {
      if (!json && done < of) terminal.err(`Settling partition ${done + 1} of ${of} …\n`);
    },
    signal,
  ).catch((error: unknown) => {
    if (error instanceof StartupError) throw new CliError(error.message);
    throw error;
  });
  if (signal.aborted) throw new CliError('Interrupted. Run the command again to finish it.');
  const seconds = (performance.now() - began) / 1000;
  if (json) terminal.out(`${JSON.stringify({ traces, seconds })}\n`);
  else terminal.out(`${formatCount(traces)} traces were computed again in ${seconds.toFixed(1)} s.\n`);
}
