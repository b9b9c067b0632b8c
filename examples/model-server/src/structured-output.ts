const MAX_DEPTH = 8;

/**
 * Builds a value that matches a JSON Schema from an answer. Strings are the answer, arrays with a name like `sources` are
 * the ids quoted in it, numbers are the first number in it, and enums are their first member that it contains.
 */
export function fillSchema(schema: unknown, answer: string, name = '', depth = 0): unknown {
  if (!isRecord(schema) || depth > MAX_DEPTH) return null;
  if (Array.isArray(schema.enum)) {
    const mentioned = schema.enum.find((member) => typeof member === 'string' && answer.includes(member));
    return mentioned ?? schema.enum[0] ?? null;
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'object': {
      const properties = isRecord(schema.properties) ? Object.entries(schema.properties) : [];
      return Object.fromEntries(
        properties.map(([key, value]) => [key, fillSchema(value, answer, key, depth + 1)]),
      );
    }
    case 'array': {
      const sources = [
        ...new Set([...answer.matchAll(/\[([\w.-]{1,80})\]/g)].map((match) => match[1] ?? '')),
      ];
      if (/source|citation|document|id/i.test(name) && sources.length > 0) return sources;
      return [fillSchema(schema.items, answer, name, depth + 1)];
    }
    case 'number':
    case 'integer': {
      const found = Number(answer.match(/\d+(?:\.\d+)?/)?.[0] ?? 0);
      return type === 'integer' ? Math.trunc(found) : found;
    }
    case 'boolean':
      return !answer.startsWith('I could not');
    case 'null':
      return null;
    default:
      return answer;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
