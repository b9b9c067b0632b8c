import type { RawSpan } from '@throughline/spans';
import type { MemoryReservation } from '../../admission/admission.ts';
import type { PartialSuccess } from '../../otlp/export-response.ts';
import type { OtlpRequest } from '../otlp-request.ts';
import { PartialSpan } from './merge-patch.ts';
import { nameOf, type RecentSpans, type SpanKey } from './recent-spans.ts';
import { type SpanPatch, UPDATED } from './span-patch.ts';

/** Data of the request that the parts came in. */
export interface PatchRequest {
  readonly userAgent?: string | undefined;
  readonly group?: string | undefined;
  readonly reservation?: Pick<MemoryReservation, 'becomeRows'> | undefined;
  /** Size of the body after decompression. */
  readonly bodyBytes: number;
}

/**
 * Resolves once the spans with the new parts would survive a crash.
 *
 * @throws ThroughlineError
 */
export type AcceptPatches = (
  patches: readonly SpanPatch[],
  request: PatchRequest,
) => Promise<PartialSuccess | undefined>;

export interface AcceptPatchesParts {
  readonly recent: RecentSpans;
  readonly acceptOtlp: (kind: 'otlp-traces', request: OtlpRequest) => Promise<PartialSuccess | undefined>;
  /** Returns the size of the content of spans in the store. Those that do not exist are left out. */
  readonly measureSpans: (
    keys: readonly SpanKey[],
  ) => Promise<readonly (SpanKey & { readonly bytes: number })[]>;
  /** Reads spans from the store. Those that do not exist are left out. @throws ThroughlineError store-unavailable */
  readonly readSpans: (
    keys: readonly SpanKey[],
  ) => Promise<readonly (SpanKey & { readonly span: RawSpan })[]>;
  /** Resolves once everything that was acknowledged is readable, or after a few seconds. */
  readonly whenLoaded: () => Promise<void>;
  readonly now: () => bigint;
}

/**
 * Merges parts of spans and stores the merged spans as complete rows, which replace the rows of earlier parts.
 *
 *     parts ─▶ spans in memory, otherwise from the store ─▶ merge ─▶ rows ─▶ journal ─▶ acknowledgement
 *
 * The merge and the time of receipt of its rows are taken together, so a later row always contains the earlier parts.
 *
 * A small part can belong to a span with megabytes of content. Spans of the store are therefore merged in groups of limited
 * size, one group of all requests at a time.
 */
export function createAcceptPatches(parts: AcceptPatchesParts): AcceptPatches {
  const { recent, acceptOtlp, readSpans, now } = parts;
  const takeTurns = createTurns();

  async function mergeAndAccept(
    patches: readonly SpanPatch[],
    stored: ReadonlyMap<string, RawSpan>,
    { bodyBytes, ...request }: PatchRequest,
  ): Promise<PartialSuccess | undefined> {
    const receivedUnixNano = now();
    const unused = new Map(stored);
    const changed = new Map<string, PartialSpan>();
    for (const patch of patches) {
      const name = nameOf(patch);
      const span = changed.get(name) ?? recent.get(patch) ?? new PartialSpan(patch);
      const found = unused.get(name);
      if (found) span.applyStored(found);
      unused.delete(name);
      span.apply(patch);
      changed.set(name, span);
    }
    const spans: RawSpan[] = [];
    for (const span of changed.values()) {
      recent.set(span, receivedUnixNano);
      if (span.isDescribed) spans.push(span.toSpan(receivedUnixNano));
    }
    if (spans.length === 0) return undefined;
    return acceptOtlp('otlp-traces', {
      ...request,
      body: new Uint8Array(),
      contentType: 'json',
      contentEncoding: 'identity',
      project: undefined,
      decoded: { spans, bytes: bodyBytes },
    });
  }

  return async (patches, request) => {
    const stored = await findStored(patches, parts);
    const results: (PartialSuccess | undefined)[] = [];
    for (const group of groupsOf(patches, stored)) {
      if (group.keys.length === 0) {
        results.push(await mergeAndAccept(group.patches, new Map(), request));
        continue;
      }
      const result = await takeTurns(async () => {
        const found = await readSpans(group.keys);
        const spans = new Map(found.map(({ span, ...key }) => [nameOf(key), span]));
        return mergeAndAccept(group.patches, spans, {
          ...request,
          bodyBytes: Math.max(request.bodyBytes, group.bytes),
        });
      });
      results.push(result);
    }
    return combined(results);
  };
}

/** Content of stored spans that is read and merged at a time, in bytes. A larger span is a group of its own. */
const GROUP_BYTES = 16 << 20;

interface Group {
  readonly patches: SpanPatch[];
  readonly keys: SpanKey[];
  bytes: number;
}

/** Splits the parts so that those of one span stay together and in order. The first group needs nothing of the store. */
function groupsOf(
  patches: readonly SpanPatch[],
  stored: ReadonlyMap<string, SpanKey & { readonly bytes: number }>,
): Group[] {
  const first: Group = { patches: [], keys: [], bytes: 0 };
  const groups = [first];
  for (const [name, own] of Map.groupBy(patches, nameOf)) {
    const found = stored.get(name);
    if (!found) {
      first.patches.push(...own);
      continue;
    }
    let group = groups.at(-1) ?? first;
    if (group === first || group.bytes + found.bytes > GROUP_BYTES) {
      group = { patches: [], keys: [], bytes: 0 };
      groups.push(group);
    }
    group.patches.push(...own);
    group.keys.push(found);
    group.bytes += found.bytes;
  }
  return groups.filter((group) => group.patches.length > 0);
}

/** Runs one task at a time, in order. */
function createTurns(): <Result>(task: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const result = last.then(task);
    last = result.catch(() => {});
    return result;
  };
}

function combined(results: readonly (PartialSuccess | undefined)[]): PartialSuccess | undefined {
  const partial = results.filter((result) => result !== undefined);
  const [first] = partial;
  if (first === undefined || partial.length === 1) return first;
  return { ...first, rejected: partial.reduce((sum, { rejected }) => sum + rejected, 0) };
}

/** What the parts of one span in a request tell about earlier parts. */
interface Wanted extends SpanKey {
  hasCreation: boolean;
  hasUpdate: boolean;
  start: bigint | undefined;
}

/** Spans of the store that may have earlier parts and are not in memory, by name. */
async function findStored(
  patches: readonly SpanPatch[],
  { recent, measureSpans, whenLoaded }: AcceptPatchesParts,
): Promise<Map<string, SpanKey & { readonly bytes: number }>> {
  const wanted = spansToFind(patches, recent);
  const found = new Map<string, SpanKey & { readonly bytes: number }>();
  if (wanted.size === 0) return found;
  const read = async (): Promise<void> => {
    for (const span of await measureSpans([...wanted.values()])) {
      found.set(nameOf(span), span);
      wanted.delete(nameOf(span));
    }
  };
  await read();
  // An update whose span began before the memory does: its row can be in the journal, where it is not readable yet.
  if ([...wanted.values()].some((span) => span.hasUpdate && !span.hasCreation && !isInMemory(span, recent))) {
    await whenLoaded();
    await read();
  }
  return found;
}

function spansToFind(patches: readonly SpanPatch[], recent: RecentSpans): Map<string, Wanted> {
  const spans = new Map<string, Wanted>();
  for (const patch of patches) {
    // Additions do not describe a span, so the parts that do may be in the store.
    if (recent.get(patch)?.isDescribed) continue;
    const name = nameOf(patch);
    const { project, traceId, spanId, order, isAddition = false, startTimeUnixNano } = patch;
    const span = spans.get(name) ?? {
      project,
      traceId,
      spanId,
      hasCreation: false,
      hasUpdate: false,
      start: undefined,
    };
    spans.set(name, span);
    span.start ??= startTimeUnixNano;
    if (order >= UPDATED) span.hasUpdate = true;
    else if (!isAddition) span.hasCreation = true;
  }
  // Without a creation, another request had it. With one, all other parts of a recent span are in memory.
  for (const [name, span] of spans) if (span.hasCreation && isInMemory(span, recent)) spans.delete(name);
  return spans;
}

/** Clocks of clients differ from the server's, usually by less than this. */
const CLOCK_DIFFERENCE_NS = 60_000_000_000n;

/** True if all earlier parts of the span would be in memory. */
function isInMemory({ start }: Wanted, recent: RecentSpans): boolean {
  return start !== undefined && start >= recent.completeSinceUnixNano + CLOCK_DIFFERENCE_NS;
}
