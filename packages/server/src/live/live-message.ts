import type { LiveEvent, LiveLagged, LiveScores } from '../contract/live.ts';

/** A server-sent event, serialised once and shared by all streams that send it. */
export interface LiveMessage {
  readonly bytes: Uint8Array;
  /** How many rows a client misses if it does not get the message. */
  readonly spans: number;
  readonly scores: number;
}

/** Rows beyond it are counted in `more`: names and ids may be long. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** `rows` in the order in which they happened; if they are too large, the oldest are left out. */
export function spansMessage(rows: LiveEvent['spans'], more: number): LiveMessage {
  const { json, left } = listJson(rows);
  const bytes = encodeEvent('spans', `{"spans":${json},"more":${more + left}}`);
  return { bytes, spans: rows.length + more, scores: 0 };
}

/** As {@link spansMessage}. */
export function scoresMessage(rows: LiveScores['scores'], more: number): LiveMessage {
  const { json, left } = listJson(rows);
  const bytes = encodeEvent('scores', `{"scores":${json},"more":${more + left}}`);
  return { bytes, spans: 0, scores: rows.length + more };
}

/** Tells that rows were dropped; `null` where nobody knows how many. */
export function laggedMessage(dropped: LiveLagged): LiveMessage {
  return { bytes: encodeEvent('lagged', JSON.stringify(dropped)), spans: 0, scores: 0 };
}

/** Source: WHATWG HTML, section 9.2.6. JSON has no raw line breaks, so one `data` line holds it. */
function encodeEvent(name: string, json: string): Uint8Array {
  return Buffer.from(`event: ${name}\ndata: ${json}\n\n`);
}

function listJson(rows: readonly unknown[]): { json: string; left: number } {
  const texts: string[] = [];
  let bytes = 0;
  for (const row of rows.toReversed()) {
    const text = JSON.stringify(row);
    bytes += Buffer.byteLength(text);
    if (bytes > MAX_MESSAGE_BYTES) break;
    texts.push(text);
  }
  return { json: `[${texts.reverse().join()}]`, left: rows.length - texts.length };
}
