import { checkParts, type DamagedPart, detachedParts } from '../../clickhouse/damaged-part.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import type { Finding } from './finding.ts';

/** For each table, a message about the data that is missing if its rows are damaged, and the data that remains. */
const MISSING: Readonly<Record<string, string>> = {
  spans:
    'Names, times, tokens and costs of these spans are missing. Their content is still in the table payloads, unless that is damaged too.',
  payloads:
    'Prompts, completions and attributes of these spans are missing. Their names, times, tokens and costs are still there.',
  traces: 'Lists lack these traces. Their rows can be computed again from the spans: use --repair.',
  logs: 'Messages that were sent as log records are missing from their spans.',
  scores: 'These scores are missing.',
  metrics: 'These metrics of clients are missing.',
  migrations: 'The store does not know its own version. Restore a backup.',
};

/** Compares every part of the store with its checksums. */
export async function checkStore(engine: Engine): Promise<Finding[]> {
  return findingsOf([...(await detachedParts(engine)), ...(await checkParts(engine))]);
}

export function findingsOf(parts: readonly DamagedPart[]): Finding[] {
  if (parts.length === 0) return [{ level: 'ok', text: 'No part of the store is known to be damaged.' }];
  return parts.map((part) => ({ level: 'problem', text: textOf(part), advice: adviceOf(part) }));
}

function textOf({ table, partition, rows, state, reason, path }: DamagedPart): string {
  const what = `${rows === undefined ? 'an unknown number of' : rows} rows of ${table} (partition ${partition})`;
  const how = state === 'detached' ? 'are set aside as broken' : 'cannot be read';
  return `Damaged: ${what} ${how}: ${reason}. Folder: ${path}`;
}

function adviceOf({ table, part, path, state }: DamagedPart): string[] {
  const missing = MISSING[table];
  const original = originalName(part);
  const restore =
    state === 'detached'
      ? `With a backup of the data folder: stop the server, copy the folder ${original} of this table from the backup over ${path}, and run "throughline doctor --repair", which attaches it again.`
      : `With a backup of the data folder: stop the server, and copy the folder ${original} of this table from the backup over ${path}.`;
  return [
    ...(missing ? [missing] : []),
    restore,
    'Without a backup: clients that still have the data can send it again; nothing is stored twice.',
    'Check the disk of this machine: it returned different data than was written.',
  ];
}

/** Converts `broken-on-start_20785_3_3_1` to `20785_3_3_1`. */
export function originalName(part: string): string {
  return part.replace(/^(broken-on-start|broken-from-backup|broken)_/, '').replace(/_try\d+$/, '');
}
