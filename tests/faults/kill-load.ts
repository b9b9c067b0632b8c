/** Applications that keep sending to a server that is killed repeatedly, and a list of what it acknowledged. */
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { pause } from '../support/pause.ts';
import { attribute, START, textAttribute } from './support.ts';

/** A generator of numbers in [0, 1) that depend only on the seed. */
export function createRandom(seed: string): () => number {
  let drawn = 0;
  return () => createHash('sha256').update(`${seed} ${drawn++}`).digest().readUInt32LE() / 2 ** 32;
}

/** Current address of the server. Undefined while it is not running. */
export type FindServer = () => string | undefined;

/** Rows that have to exist exactly once in the end. */
export interface Ledger {
  readonly spans: Set<string>;
  readonly logs: Set<string>;
  readonly scores: Set<string>;
  /** Number of requests, including repeated ones. */
  acknowledged: number;
  /** Number of attempts without a response, or with 503. */
  failed: number;
  /** Number of requests that were repeated although they were acknowledged. */
  repeated: number;
}

export interface KillLoad {
  readonly ledger: Ledger;
  /** Called at each acknowledgement. */
  onAcknowledged: () => void;
  /** Starts no new requests, and sends the current ones until they are acknowledged. */
  finish(): Promise<void>;
}

interface Delivery {
  readonly path: string;
  readonly project: string;
  readonly body: string;
  readonly entries: readonly (readonly [table: 'spans' | 'logs' | 'scores', key: string])[];
}

const CLIENTS = 4;
const SPANS = 3;
const DAY_NS = 86_400_000_000_000n;

/** Each client has its own project and sends traces, logs and scores, one request after the other. */
export function startKillLoad(seed: string, findServer: FindServer): KillLoad {
  const ledger: Ledger = {
    spans: new Set(),
    logs: new Set(),
    scores: new Set(),
    acknowledged: 0,
    failed: 0,
    repeated: 0,
  };
  let finishing = false;
  const load: KillLoad = {
    ledger,
    onAcknowledged: () => {},
    finish: async () => {
      finishing = true;
      await Promise.all(clients);
    },
  };
  const deliver = async (delivery: Delivery) => {
    for (;;) {
      const url = findServer();
      if (url !== undefined) {
        if (await attempt(delivery, url)) break;
        ledger.failed++;
      }
      await pause(20);
    }
    ledger.acknowledged++;
    for (const [table, key] of delivery.entries) ledger[table].add(key);
    load.onAcknowledged();
  };
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    const random = createRandom(`${seed} client ${client}`);
    for (let count = 0; !finishing; count++) {
      for (const delivery of deliveriesOf(`project-${client}`, `${seed}.${client}.${count}`)) {
        await deliver(delivery);
        // A client that did not get the response sends data again that is already stored.
        if (random() < 0.15) {
          ledger.repeated++;
          await deliver(delivery);
        }
      }
    }
  });
  return load;
}

async function attempt({ path, project, body }: Delivery, url: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json', 'x-throughline-project': project };
  const answer = await fetch(url + path, { method: 'POST', headers, body }).catch(() => undefined);
  if (answer === undefined) return false;
  // The complete response has to arrive.
  const text = await answer.text().catch(() => undefined);
  // A server that was suspended can answer 408, because the request seems slow to it.
  if (text === undefined || answer.status === 503 || answer.status === 408) return false;
  expect([answer.status, text]).toEqual([200, text]);
  return true;
}

const hash = (text: string, length: number) =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** A trace that spans two days, with its log records and a score. */
function deliveriesOf(project: string, name: string): Delivery[] {
  const traceId = hash(name, 32);
  const spanIds = Array.from({ length: SPANS }, (_, index) => hash(`${name} ${index}`, 16));
  const timeOf = (index: number) => String(START + BigInt(index % 2) * DAY_NS);
  const spans = spanIds.map((spanId, index) => ({
    traceId,
    spanId,
    ...(index === 0 ? {} : { parentSpanId: spanIds[0] }),
    name: 'step',
    startTimeUnixNano: timeOf(index),
    endTimeUnixNano: timeOf(index),
    attributes: [textAttribute('input.value', `${name} ${index}`)],
  }));
  const logRecords = spanIds.map((spanId, index) => ({
    traceId,
    spanId,
    timeUnixNano: timeOf(index),
    eventName: 'gen_ai.user.message',
    body: { kvlistValue: { values: [attribute('content', { stringValue: `${name} ${index}` })] } },
  }));
  const scores = spanIds.map((spanId) => ({
    id: `score ${spanId}`,
    traceId,
    spanId,
    name: 'good',
    value: 1,
  }));
  const keys = spanIds.map((spanId) => `${project} ${traceId} ${spanId}`);
  return [
    {
      path: '/v1/traces',
      project,
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
      entries: keys.map((key) => ['spans', key]),
    },
    {
      path: '/v1/logs',
      project,
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
      entries: keys.map((key) => ['logs', key]),
    },
    {
      path: `/api/v1/scores?project=${project}`,
      project,
      body: JSON.stringify(scores),
      entries: keys.map((key) => ['scores', key]),
    },
  ];
}

/** The tables that contain an entry of the list, and the columns that identify a row. */
const TABLES: readonly (readonly [table: string, of: 'spans' | 'logs' | 'scores', key: string])[] = [
  ['spans', 'spans', 'project, trace_id, span_id'],
  ['payloads', 'spans', 'project, trace_id, span_id'],
  ['logs', 'logs', 'project, trace_id, span_id, time, event_name, content_hash'],
  ['scores', 'scores', 'project, id'],
];

/** Expects that every acknowledged row exists exactly once, no row was loaded twice, and there are no other rows. */
export async function expectExactlyOnce(engine: Engine, ledger: Ledger): Promise<void> {
  for (const [table, of, key] of TABLES) {
    const rows = await engine.query<{ key: string; rows: number }>(
      `SELECT concat(project, ' ', trace_id, ' ', span_id) AS key, toUInt32(count()) AS rows
       FROM ${table} FINAL GROUP BY key`,
    );
    const found = new Map(rows.map((row) => [row.key, row.rows]));
    const lost = [...ledger[of]].filter((each) => !found.has(each));
    const doubled = rows.filter((row) => row.rows !== 1).map((row) => row.key);
    const unknown = rows.filter((row) => !ledger[of].has(row.key)).map((row) => row.key);
    expect({ table, lost, doubled, unknown }).toEqual({ table, lost: [], doubled: [], unknown: [] });
    // A repeated request has two versions. The same version twice would be a segment that was loaded twice.
    const replayed = await engine.query(
      `SELECT ${key}, version, count() AS rows FROM ${table} GROUP BY ALL HAVING rows > 1`,
    );
    expect({ table, replayed }).toEqual({ table, replayed: [] });
  }
}
