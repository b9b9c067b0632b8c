import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Hook as ImportHook } from 'import-in-the-middle';
import { register, supportsSyncHooks } from 'import-in-the-middle/register-hooks.mjs';
import { Hook as RequireHook } from 'require-in-the-middle';
import { swallow } from '../core/report.ts';
import { isSupported } from './instrument.ts';
import type { Exports, Integration } from './integration.ts';

/** `openai,mcp`: only these. `-openai`: all but these. */
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

/** Waits for the modules of the integrations, and patches each copy when the application loads it. */
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

  // In-thread hooks where Node has them: nothing to wait for, and no second thread to start.
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

/** Older versions of Node run hooks in a thread, which runs what was preloaded by `--require` again. */
function registerInThread(names: readonly string[]): void {
  process.env[IN_HOOKS_THREAD] = '1';
  try {
    nodeModule.register('import-in-the-middle/hook.mjs', hereUrl(), { data: { include: names } });
  } finally {
    delete process.env[IN_HOOKS_THREAD];
  }
}

const IN_HOOKS_THREAD = 'THROUGHLINE_IN_HOOKS_THREAD';

/** True in the thread that `registerInThread` starts: nothing of the application runs there. */
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
    // Without a version there is no word to report: what the patch does not find it leaves alone.
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

/** Of this file, in both builds. */
function hereUrl(): string {
  return import.meta.url ?? pathToFileURL(__filename ?? '.').href;
}
