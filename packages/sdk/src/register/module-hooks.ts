import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hook as ImportHook } from 'import-in-the-middle';
import { register, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs';
import { Hook as RequireHook } from 'require-in-the-middle';
import { swallow } from '../core/report.ts';
import type { Exports, Integration } from '../patch/integration.ts';
import { isSupported } from './instrument.ts';

/** Filters integrations by a list of names. `openai,mcp` selects only these; `-openai` selects all others. */
export function selectIntegrations(
  integrations: readonly Integration[],
  wanted: string | undefined,
): readonly Integration[] {
  const names = (wanted ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'all');
  const only = new Set(names.filter((name) => !name.startsWith('-')));
  return integrations.filter(
    ({ name }) => !names.includes(`-${name}`) && (only.size === 0 || only.has(name)),
  );
}

/** Patches each copy of the integrations' modules when the application loads it. */
export function installModuleHooks(integrations: readonly Integration[]): void {
  const rows = new Map<string, Integration[]>();
  for (const row of integrations) {
    if (row.patch === undefined) continue;
    for (const name of row.modules ?? [row.package]) rows.set(name, [...(rows.get(name) ?? []), row]);
  }
  const names = [...rows.keys()];
  if (names.length === 0) return;
  const versions = new Map<string, string | undefined>();
  const onLoad = (loaded: unknown, name: string, baseDir: string | undefined): Exports => {
    let exports = loaded as Exports;
    for (const row of rows.get(withoutBackslashes(name)) ?? []) {
      exports = patched(row, exports, withoutBackslashes(name), baseDir, versions);
    }
    return exports;
  };

  // Uses synchronous hooks if Node supports them, because they need no second thread.
  if (supportsSyncHooks()) register({ include: names });
  else registerInThread(names);
  new ImportHook(names, {}, (exports, name, baseDir) => {
    onLoad(exports, name, baseDir ?? undefined);
  });
  new RequireHook(
    names,
    { internals: false },
    <T>(exports: T, name: string, baseDir?: string) => onLoad(exports, name, baseDir) as T,
  );
}

/** Older versions of Node run hooks in a separate thread, in which modules preloaded with `--require` run again. */
function registerInThread(names: readonly string[]): void {
  process.env[IN_HOOKS_THREAD] = '1';
  try {
    nodeModule.register('import-in-the-middle/hook.mjs', hereUrl(), { data: { include: names } });
  } finally {
    delete process.env[IN_HOOKS_THREAD];
  }
}

const IN_HOOKS_THREAD = 'THROUGHLINE_IN_HOOKS_THREAD';

/** Returns true in the thread that `registerInThread` starts, in which no application code runs. */
export function isHooksThread(): boolean {
  return process.env[IN_HOOKS_THREAD] !== undefined;
}

function patched(
  row: Integration,
  exports: Exports,
  name: string,
  baseDir: string | undefined,
  versions: Map<string, string | undefined>,
): Exports {
  try {
    const key = baseDir ?? '';
    if (!versions.has(key)) versions.set(key, baseDir === undefined ? undefined : versionIn(baseDir));
    const version = versions.get(key);
    // If the version is unknown, the patch still runs. It skips methods that it does not find.
    if (version !== undefined && !isSupported(row, version)) return exports;
    return row.patch?.(exports, { name, version: version ?? '', baseDir }) ?? exports;
  } catch (error) {
    swallow(`instrumenting ${row.package}`, error);
    return exports;
  }
}

function versionIn(baseDir: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(baseDir, 'package.json'), 'utf8')) as {
      version?: unknown;
    };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

function withoutBackslashes(name: string): string {
  return name.replaceAll('\\', '/');
}

declare const __filename: string | undefined;

/** URL of this file, in the ESM and the CommonJS build. */
function hereUrl(): string {
  return import.meta.url ?? pathToFileURL(__filename ?? '.').href;
}
