import type { SpanDetail } from '../../../../api/types.ts';
import { toJson } from '../../../../content/to-json.ts';
import { ABSENT, showCount } from '../../../../format/numbers.ts';

/** A difference between a model call and the one before. */
export interface CallChange {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

type Call = Pick<SpanDetail, 'model' | 'parameters' | 'toolDefinitions' | 'inputTokens' | 'cacheReadTokens'>;

const MOST_CHARACTERS = 60;

/** What changed since the previous model call apart from the messages: model, parameters, tools, input tokens. */
export function callChanges(before: Call, now: Call): readonly CallChange[] {
  const names = new Set([...Object.keys(before.parameters ?? {}), ...Object.keys(now.parameters ?? {})]);
  const pairs: readonly (readonly [name: string, before: unknown, now: unknown])[] = [
    ['model', before.model, now.model],
    ...[...names].sort().map((name) => [name, before.parameters?.[name], now.parameters?.[name]] as const),
    ['tools', before.toolDefinitions?.length, now.toolDefinitions?.length],
    ['input tokens', countOrNull(before.inputTokens), countOrNull(now.inputTokens)],
    ['from cache', countOrNull(before.cacheReadTokens), countOrNull(now.cacheReadTokens)],
  ];
  return pairs.flatMap(([name, old, current]) =>
    toJson(old ?? null) === toJson(current ?? null) ? [] : { name, before: show(old), now: show(current) },
  );
}

function countOrNull(count: number | null): string | null {
  return count === null ? null : showCount(count).text;
}

function show(value: unknown): string {
  if (value === null || value === undefined) return ABSENT;
  const text = typeof value === 'string' ? value : toJson(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
