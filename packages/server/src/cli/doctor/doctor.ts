import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { DamagedPart } from '../../clickhouse/damaged-part.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import { type Config, type Flags, journalFolder, readConfig } from '../../config/config.ts';
import { storeDamage } from '../../contract/store-damage.ts';
import { DataLockError, lockDataFolder } from '../../data-folder/data-lock.ts';
import { StartupError } from '../../errors/startup-error.ts';
import { CliError, getFromApi } from '../api-client.ts';
import { paint, type Terminal } from '../terminal.ts';
import { checkDataFolder, checkPort, checkQuarantine, checkVersions } from './check-machine.ts';
import { checkRelational } from './check-relational.ts';
import { checkStore, findingsOf } from './check-store.ts';
import type { Finding } from './finding.ts';
import { repairStore } from './repair-store.ts';

export interface DoctorOptions extends Flags {
  readonly repair?: boolean;
}

export interface DoctorParts {
  readonly terminal: Terminal;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  readonly json: boolean;
}

/**
 * Checks the data folder, the disk, the ports and the store, and prints problems with their fixes.
 *
 * @throws CliError with exit code 1 if there is a problem
 */
export async function doctor(
  { terminal, env, version, json }: DoctorParts,
  options: DoctorOptions,
): Promise<void> {
  const config = readConfig(env, options);
  const findings: Finding[] = [];
  const report = (...found: readonly Finding[]) => {
    findings.push(...found);
    if (!json) for (const finding of found) print(terminal, finding);
  };
  report(checkVersions(version));
  const folder = await checkDataFolder(config.dataDir);
  report(...folder);
  const url = urlOf(config);
  const isRunning = await fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
  report(await checkPort(config.host, config.port, 'pages, API, OTLP/HTTP', isRunning));
  report(await checkPort(config.host, config.grpcPort, 'OTLP/gRPC', isRunning));
  report(await checkQuarantine(journalFolder(config)));
  if (await exists(config.dataDir)) report(...(await checkData(config, url, options.repair === true)));
  report(...(await checkRelational(config)));
  if (json) terminal.out(`${JSON.stringify(findings)}\n`);
  const problems = findings.filter(({ level }) => level === 'problem').length;
  if (problems > 0) throw new CliError(problems === 1 ? '1 problem.' : `${problems} problems.`);
}

/** The address of a server with this configuration on this machine. */
function urlOf({ host, port }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Checks the store through a running server, or directly if no server uses it. */
async function checkData(config: Config, url: string, isRepair: boolean): Promise<Finding[]> {
  const lock = await lockDataFolder(config.dataDir, 0).catch((error: unknown) => {
    if (error instanceof DataLockError) return error;
    throw error;
  });
  if (lock instanceof DataLockError) {
    if (isRepair) throw new CliError(`${lock.message} Only a store that nobody uses can be repaired.`);
    const inUse: Finding = { level: 'ok', text: 'The data folder is in use by a Throughline that runs.' };
    return [inUse, ...(await askServer(config, url))];
  }
  try {
    const free: Finding = { level: 'ok', text: 'No other process uses the data folder.' };
    return [
      free,
      ...(await withStore(config, async (engine) => [
        ...(isRepair ? await repairStore(engine) : []),
        ...(await checkStore(engine)),
      ])),
    ];
  } finally {
    await lock.release();
  }
}

async function askServer(config: Config, url: string): Promise<Finding[]> {
  try {
    const answer = await getFromApi({ url, project: undefined, apiKey: config.apiKeys[0] }, '/store/damage');
    const { parts } = storeDamage.parse(await answer.json());
    return findingsOf(parts.map((part): DamagedPart => ({ ...part, rows: part.rows ?? undefined })));
  } catch (error) {
    const reason = error instanceof CliError ? error.message : 'The answer is not understood.';
    return [
      {
        level: 'warning',
        text: `The store of the Throughline that uses the data folder was not checked. ${reason}`,
        advice: ['Give its --host, --port and --api-key, or stop it and run this command again.'],
      },
    ];
  }
}

async function withStore(config: Config, check: (engine: Engine) => Promise<Finding[]>): Promise<Finding[]> {
  let engine: Engine;
  if (config.clickhouse) {
    const { openClickHouseEngine } = await import('../../clickhouse/server/clickhouse-engine.ts');
    engine = openClickHouseEngine(config.clickhouse);
  } else {
    if (!(await exists(join(config.dataDir, 'clickhouse'))))
      return [{ level: 'ok', text: 'The data folder has no store yet.' }];
    const { openChdbEngine } = await import('../../clickhouse/chdb/chdb-engine.ts');
    try {
      engine = await openChdbEngine({ dataDir: config.dataDir });
    } catch (error) {
      if (!(error instanceof StartupError)) throw error;
      return [{ level: 'problem', text: error.message }];
    }
  }
  try {
    return await check(engine);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ level: 'problem', text: `The store could not be checked: ${reason}` }];
  } finally {
    await engine.close();
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

const SIGNS = {
  ok: ['green', '✓'],
  warning: ['yellow', '!'],
  problem: ['red', '✗'],
} as const;

function print(terminal: Terminal, { level, text, advice = [] }: Finding): void {
  const [colour, sign] = SIGNS[level];
  terminal.out(`${paint(terminal, colour, sign)} ${text}\n`);
  for (const line of advice) terminal.out(`    ${line}\n`);
}
