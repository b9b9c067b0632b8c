/** Ids and words that occur in a store, so that questions have answers. */
export interface Samples {
  /** Start of the newest trace of the project. */
  readonly endMs: number;
  readonly newest: { readonly traceId: string; readonly spanId: string };
  /** Traces of all ages. */
  readonly traces: readonly SampledTrace[];
  readonly sessionIds: readonly string[];
  /** Words by frequency: in most traces, in a few of a hundred, in very few. */
  readonly frequentWords: readonly string[];
  readonly rareWords: readonly string[];
  /** Two words that follow each other in a trace. */
  readonly phrases: readonly string[];
  /** A number or id that occurs once. */
  readonly uniqueWords: readonly string[];
  readonly nineteenthCursor: string;
}

interface SampledTrace {
  readonly traceId: string;
  readonly spanId: string;
}

interface ListedTrace {
  readonly traceId: string;
  readonly startTime: string;
  readonly sessionId: string | null;
  readonly inputPreview: string | null;
  readonly outputPreview: string | null;
}

export const PROJECT = 'production';
const DAY_MS = 86_400_000;
const COUNT = 60;

export async function readSamples(url: string): Promise<Samples> {
  const get = async <Body>(path: string): Promise<Body> => {
    const response = await fetch(`${url}/api/v1${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  };
  const list = (query: string) =>
    get<{ traces: ListedTrace[]; nextCursor: string }>(`/traces?project=${PROJECT}&${query}`);
  const spanOf = async (traceId: string): Promise<SampledTrace> => {
    const { spans } = await get<{ spans: { spanId: string; kind: string }[] }>(
      `/traces/${traceId}?project=${PROJECT}`,
    );
    return { traceId, spanId: (spans.find(({ kind }) => kind === 'llm') ?? spans[0])?.spanId ?? '' };
  };
  const first = await list('limit=50');
  const endMs = Date.parse(first.traces[0]?.startTime ?? '');
  let page = first;
  for (let number = 1; number < 19; number += 1) page = await list(`limit=50&cursor=${page.nextCursor}`);
  const found: ListedTrace[] = [];
  for (let index = 0; index < COUNT; index += 1) {
    const to = new Date(endMs - ((index + 0.5) / COUNT) * 9 * DAY_MS).toISOString();
    found.push(...(await list(`limit=5&to=${to}`)).traces.slice(0, 2));
  }
  const traces: SampledTrace[] = [];
  for (const { traceId } of found) traces.push(await spanOf(traceId));
  const words = found.map(({ inputPreview, outputPreview }) =>
    `${inputPreview ?? ''} ${outputPreview ?? ''}`.toLowerCase().match(/[a-z]+/g),
  );
  const counts = new Map<string, number>();
  for (const each of words)
    for (const word of new Set(each ?? [])) counts.set(word, (counts.get(word) ?? 0) + 1);
  const byCount = [...counts].filter(([word]) => word.length >= 3).sort((a, b) => b[1] - a[1]);
  return {
    endMs,
    newest: await spanOf(first.traces[7]?.traceId ?? ''),
    traces,
    sessionIds: found.flatMap(({ sessionId }) => sessionId ?? []),
    frequentWords: byCount.slice(0, 30).map(([word]) => word),
    rareWords: byCount.filter(([word, count]) => count === 1 && word.length > 6).map(([word]) => word),
    phrases: found.flatMap(
      ({ outputPreview }) => /^[A-Z][a-z]+ [a-z]+(?= )/.exec(outputPreview ?? '')?.[0] ?? [],
    ),
    uniqueWords: found.flatMap(({ inputPreview }) => /\b[0-9a-f]{16}\b/.exec(inputPreview ?? '')?.[0] ?? []),
    nineteenthCursor: page.nextCursor,
  };
}
