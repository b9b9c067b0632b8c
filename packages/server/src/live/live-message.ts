import type { LiveEvent, LiveFinished, LiveLagged, LiveScores } from '../contract/live.ts';

/** A server-sent event, serialised once and shared by all streams that send it. */
export interface LiveMessage {
  readonly bytes: Uint8Array;
  /** Number of rows that a client misses if it does not get the message. */
  readonly spans: number;
  readonly scores: number;
}

/** Maximum size of a message, because names and ids can be long. Further rows are counted in `more`. */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** A message with `rows`, in the order of their time. If they are too large, the oldest are left out. */
export function spansMessage(rows: LiveEvent['spans'], more: number): LiveMessage {
  const { json, left } = listJson(rows);
  const bytes = encodeEvent('spans', `{"spans":${json},"more":${more + left}}`);
  return { bytes, spans: rows.length + more, scores: 0 };
}

/** Like {@link spansMessage}, for scores. */
export function scoresMessage(rows: LiveScores['scores'], more: number): LiveMessage {
  const { json, left } = listJson(rows);
  const bytes = encodeEvent('scores', `{"scores":${json},"more":${more + left}}`);
  return { bytes, spans: 0, scores: rows.length + more };
}

/** Like {@link spansMessage}, for finished traces. A client that misses one gets the event `lagged`, which does not count it. */
export function finishedMessage(traces: LiveFinished['traces'], more: number): LiveMessage {
  const { json, left } = listJson(traces);
  const bytes = encodeEvent('finished', `{"traces":${json},"more":${more + left}}`);
  return { bytes, spans: 0, scores: 0 };
}

/** Reports that rows were dropped. `null` means that the number is unknown. */
export function laggedMessage(dropped: LiveLagged): LiveMessage {
  return { bytes: encodeEvent('lagged', JSON.stringify(dropped)), spans: 0, scores: 0 };
}

/** Encodes an event. JSON contains no raw line breaks, so one `data` line is enough. Source: WHATWG HTML, section 9.2.6. */
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
