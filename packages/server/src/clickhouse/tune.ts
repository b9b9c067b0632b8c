import type { Engine } from './engine.ts';

interface Tuning {
  readonly table: string;
  readonly setting: string;
  readonly value: string;
}

/** The parts of a `TUNE table SET setting = value` statement; undefined for other statements. */
export function parseTuning(statement: string): Tuning | undefined {
  const [, table, setting, value] = /^TUNE (\w+) SET (\w+) = (.+)$/s.exec(statement) ?? [];
  return table && setting && value ? { table, setting, value } : undefined;
}

/** Changes a setting of a table, unless this version of ClickHouse does not have the setting yet. */
export async function tune(engine: Engine, { table, setting, value }: Tuning): Promise<void> {
  const known = await engine.query(
    'SELECT name FROM system.merge_tree_settings WHERE name = {setting:String}',
    {
      setting,
    },
  );
  if (known.length > 0) await engine.command(`ALTER TABLE ${table} MODIFY SETTING ${setting} = ${value}`);
}
