import { encodeAttributes, type RawSpan } from '@throughline/spans';
import { encodeEvents, encodeLinks } from './payload-codec.ts';
import { columnsOf, structureOf } from './row-binary/columns.ts';
import type { SplitAttributes } from './split-attributes.ts';

/** The data of one row of `payloads`. */
export interface PayloadRow {
  readonly project: string;
  readonly raw: RawSpan;
  readonly split: SplitAttributes;
  /** The results of `encodeResource` and `encodeScope` as RowBinary text, which many spans share. */
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  readonly previews: { readonly input?: string; readonly output?: string };
  /** The result of `searchTextOf`. */
  readonly searchText: string;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
}

const { text, label, encodedText, textMap, uint32, uint64, time } = columnsOf<PayloadRow>();

/** The columns of `payloads` in the order of the schema, which a test compares. */
export const PAYLOAD_COLUMNS = [
  label('project', (row) => row.project),
  text('trace_id', (row) => row.raw.traceId),
  text('span_id', (row) => row.raw.spanId),
  time('start', (row) => row.raw.startTimeUnixNano),
  textMap('input', (row) => row.split.input),
  textMap('output', (row) => row.split.output),
  text('attributes', (row) => encodeAttributes(row.split.rest)),
  text('events', (row) => encodeEvents(row.raw.events)),
  text('links', (row) => encodeLinks(row.raw.links)),
  encodedText('resource', (row) => row.resource),
  encodedText('scope', (row) => row.scope),
  text('trace_state', (row) => row.raw.traceState),
  uint32('flags', (row) => row.raw.flags),
  uint32('dropped_attributes_count', (row) => row.raw.droppedAttributesCount),
  uint32('dropped_events_count', (row) => row.raw.droppedEventsCount),
  uint32('dropped_links_count', (row) => row.raw.droppedLinksCount),
  uint64('end_time_unix_nano', (row) => row.raw.endTimeUnixNano),
  label('status_code', (row) => row.raw.statusCode),
  text('status_message', (row) => row.raw.statusMessage),
  text('input_preview', (row) => row.previews.input),
  text('output_preview', (row) => row.previews.output),
  text('search_text', (row) => row.searchText),
  uint64('version', (row) => row.version),
];

export const PAYLOAD_STRUCTURE = structureOf(PAYLOAD_COLUMNS);
