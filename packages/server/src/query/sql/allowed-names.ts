import type { Engine } from '../../clickhouse/engine.ts';
import type { AllowedNames } from './check-syntax-tree.ts';

/** Categories of functions whose result depends only on their arguments, on the clock or on chance. */
const CATEGORIES = [
  'Aggregate Functions',
  'Type Conversion',
  'Dates and Times',
  'Arrays',
  'String',
  'Geo',
  'Geo Polygon',
  'Hash',
  'String Search',
  'JSON',
  'URL',
  'Mathematical',
  'Arithmetic',
  'Map',
  'IP Address',
  'Comparison',
  'Tuple',
  'Distance',
  'Random Number',
  'Bitmap',
  'Bit',
  'Encoding',
  'UUID',
  'String Splitting',
  'String Replacement',
  'Null',
  'Rounding',
  'Time Window',
  'Conditional',
  'Financial',
  'Logical',
];

/** Harmless functions of other categories. */
const ALSO = [
  'bar',
  'byteSize',
  'countDigits',
  'formatReadableDecimalSize',
  'formatReadableQuantity',
  'formatReadableSize',
  'formatReadableTimeDelta',
  'identity',
  'lag',
  'lead',
  'materialize',
  'toTypeName',
  'transform',
  'visibleWidth',
  'rowNumberInAllBlocks',
  'row_number',
];

/** Functions of the categories that are not allowed: they read names, files or settings, or exist to test ClickHouse. */
const NEVER =
  /^(?:dict|joinget|file$|getsetting|hascolumn|sleep|throwif|aggthrow|fuzz|catboost|nonnegativederivative$)/i;

/** Reads the functions and the tables that this ClickHouse has. Aliases have the category of what they mean. */
export async function readAllowedNames(engine: Pick<Engine, 'queryIsolated'>): Promise<AllowedNames> {
  const [functions, tables] = await Promise.all([
    engine.queryIsolated<{ name: string; is_aggregate: number; alias_to: string; categories: string }>(
      'SELECT name, is_aggregate, alias_to, categories FROM system.functions',
    ),
    engine.queryIsolated<{ name: string }>(
      'SELECT name FROM system.tables WHERE database = currentDatabase()',
    ),
  ]);
  const categoryOf = new Map(functions.map(({ name, categories }) => [name.toLowerCase(), categories]));
  const isHarmless = (name: string) =>
    ALSO.some((each) => each.toLowerCase() === name) ||
    CATEGORIES.includes(categoryOf.get(name)?.trim() ?? '');
  const allowed = functions.filter(({ name, alias_to, is_aggregate }) => {
    if (NEVER.test(name) || NEVER.test(alias_to) || name.startsWith('__')) return false;
    return is_aggregate === 1 || isHarmless(name.toLowerCase()) || isHarmless(alias_to.toLowerCase());
  });
  const lower = (rows: readonly { readonly name: string }[]) =>
    new Set(rows.map(({ name }) => name.toLowerCase()));
  return {
    functions: lower(allowed),
    aggregates: lower(allowed.filter(({ is_aggregate }) => is_aggregate === 1)),
    foreignTables: lower(tables),
  };
}
