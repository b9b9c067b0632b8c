import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type DamagedPart, detachedParts } from '../../clickhouse/damaged-part.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import { quoteString } from '../../clickhouse/parameters.ts';
import { originalName } from './check-store.ts';
import type { Finding } from './finding.ts';

/**
 * Attaches the parts that can be read again, and lets the next start compute damaged rows of `traces` from the spans.
 * Nothing is deleted.
 */
export async function repairStore(engine: Engine): Promise<Finding[]> {
  const findings: Finding[] = [];
  const parts = await detachedParts(engine);
  for (const part of parts) {
    const isAttached = await attach(engine, part);
    findings.push({
      level: isAttached ? 'ok' : 'warning',
      text: isAttached
        ? `Attached again: ${part.rows ?? 'the'} rows of ${part.table} (partition ${part.partition}).`
        : `Still damaged, left as it is: ${part.path}`,
    });
    if (!isAttached && part.table === 'traces') {
      await engine.command("ALTER TABLE traces MODIFY COMMENT ''");
      findings.push({
        level: 'ok',
        text: 'The next start computes all rows of traces again from the spans.',
      });
    }
  }
  return findings;
}

/** ClickHouse attaches a part only under its original name. */
async function attach(engine: Engine, { table, part, path }: DamagedPart): Promise<boolean> {
  const name = originalName(part);
  const original = join(dirname(path), name);
  await rename(path, original);
  try {
    await engine.command(`ALTER TABLE \`${table}\` ATTACH PART ${quoteString(name)}`);
    return true;
  } catch {
    await rename(original, path).catch(() => {});
    return false;
  }
}
