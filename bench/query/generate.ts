/**
 * Fills a data folder with synthetic but plausible traces, with SQL only.
 *
 * A trace has ten spans: a chain with a retriever (embedding, vector search), a reranker, an agent with two model calls
 * and two tools, and one HTTP call. 5 % of the traces have an error, 2 % lack their root.
 */
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';

export interface GenerateOptions {
  readonly spans: number;
  readonly days: number;
  /** Traces end before this time, in nanoseconds since 1970. */
  readonly endNs: bigint;
  /** Number of parts of the last day, because recent loads are not merged yet. */
  readonly partsOfLastDay: number;
}

const SPANS_PER_TRACE = 10;
const TRACES_PER_STATEMENT = 100_000;
const DAY_NS = 86_400_000_000_000n;

/** Returns the statements for the earlier days and for the last day. Each statement of the last day creates a part. */
export function statements(options: GenerateOptions): {
  readonly before: string[];
  readonly lastDay: string[];
} {
  const traces = Math.floor(options.spans / SPANS_PER_TRACE);
  const stepNs = (BigInt(options.days) * DAY_NS) / BigInt(traces);
  const startOf = (trace: number) => options.endNs - stepNs * BigInt(traces - trace);
  const midnightNs = options.endNs - (options.endNs % DAY_NS);
  const ofLastDay = Number((options.endNs - midnightNs) / stepNs);
  const insert = (from: number, to: number, size: number) => {
    const list: string[] = [];
    for (let first = from; first < to; first += size) {
      const range = [first, Math.min(size, to - first), startOf(first), stepNs] as const;
      list.push(spansSql(...range), payloadsSql(...range));
    }
    return list;
  };
  return {
    before: insert(0, traces - ofLastDay, TRACES_PER_STATEMENT),
    lastDay: insert(traces - ofLastDay, traces, Math.ceil(ofLastDay / options.partsOfLastDay)),
  };
}

/** Inserts one trace with `spans` spans in the project `large`. Returns its id. */
export async function generateLargeTrace(engine: Engine, spans: number, startNs: bigint): Promise<string> {
  const traceId = `large${spans}`;
  await engine.command(`INSERT INTO spans
    (project, trace_id, span_id, parent_span_id, name, kind, otel_kind, start, duration_ns, status, service, model,
     provider, input_tokens, output_tokens, cost_usd, counted, version)
    SELECT 'large', '${traceId}', leftPad(hex(number + 1), 16, '0'),
      if(number = 0, '', leftPad(hex(intDiv(number - 1, 8) + 1), 16, '0')),
      concat('step_', toString(number % 40)), if(number % 5 = 4, 'llm', 'span'), 'internal',
      fromUnixTimestamp64Nano(${startNs} + toInt64(number) * 1000000, 'UTC'), 5000000 + number % 1000 * 10000,
      if(number % 500 = 499, 'error', 'ok'), 'worker', if(number % 5 = 4, 'gpt-4o', ''),
      if(number % 5 = 4, 'openai', ''), if(number % 5 = 4, 1200, NULL), if(number % 5 = 4, 80, NULL),
      if(number % 5 = 4, toDecimal64(0.0038, 12), NULL), number % 5 = 4, 1
    FROM numbers(${spans})
    SETTINGS max_partitions_per_insert_block = 0`);
  return traceId;
}

/** Subquery with numbered traces and spans, and the values that both tables derive from the numbers. */
function source(first: number, count: number, firstNs: bigint, stepNs: bigint): string {
  return `
    SELECT intDiv(number, ${SPANS_PER_TRACE}) + ${first} AS t, number % ${SPANS_PER_TRACE} AS s,
      sipHash64(t) AS r, sipHash64(t, s) AS rs,
      ['production', 'production', 'production', 'staging', 'demo'][t % 5 + 1] AS project,
      lower(hex(MD5(toString(t)))) AS trace_id,
      lower(leftPad(hex(sipHash64(t, s)), 16, '0')) AS span_id,
      [0, 1, 2, 2, 1, 1, 6, 6, 6, 6][s + 1] AS p,
      if(s = 0, '', lower(leftPad(hex(sipHash64(t, toUInt8(p - 1))), 16, '0'))) AS parent_span_id,
      toInt64(${firstNs} + toInt64(t - ${first}) * ${stepNs} + toInt64(s) * 150000000 + toInt64(rs % 40000000)) AS start_ns,
      ['answer_question', 'retrieve', 'embed', 'vector_search', 'rerank', 'agent', 'plan', 'lookup_order', 'generate', 'POST'][s + 1] AS name,
      ['chain', 'retriever', 'embedding', 'retriever', 'reranker', 'agent', 'llm', 'tool', 'llm', 'span'][s + 1] AS kind,
      kind IN ('llm', 'embedding', 'reranker') AS counted,
      multiIf(kind = 'llm', ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4', 'o3'][r % 4 + 1], kind = 'embedding', 'text-embedding-3-small', '') AS model
    FROM numbers(${count * SPANS_PER_TRACE})
    WHERE NOT (s = 0 AND t % 50 = 7)`;
}

function spansSql(first: number, count: number, firstNs: bigint, stepNs: bigint): string {
  return `INSERT INTO spans
    (project, trace_id, span_id, parent_span_id, name, kind, otel_kind, start, duration_ns, status, status_message,
     error_type, service, environment, release, feature, user_id, session_id, tags, provider, model, request_model,
     response_id, operation, finish_reasons, input_tokens, output_tokens, cache_read_tokens, cost_usd,
     input_cost_usd, output_cost_usd, cost_source, counted, ttft_ns, tool_name, agent_name, document_count,
     input_document_count, attributes, mapper_version, version)
    SELECT project, trace_id, span_id, parent_span_id, name, kind, 'internal',
      fromUnixTimestamp64Nano(start_ns, 'UTC'),
      toUInt64([4200, 900, 80, 700, 250, 2600, 1100, 90, 1300, 60][s + 1] * 1000000 * (0.5 + r % 1000 / 500.)),
      if((s = 7 OR s = 0) AND r % 20 = 0, 'error', if(s = 0, 'ok', 'unset')),
      if(s = 7 AND r % 20 = 0, 'order not found', ''), if(s = 7 AND r % 20 = 0, 'LookupError', ''),
      ['api', 'worker', 'gateway'][t % 3 + 1], if(project = 'staging', 'staging', 'production'), '1.4.2',
      ['search', 'chat', 'summary', 'support'][t % 4 + 1], if(s IN (0, 6, 8), concat('u_', toString(r % 5000)), ''),
      if(s IN (0, 6, 8), concat('sess_', toString(intDiv(t, 4))), ''), if(s = 0 AND t % 10 = 0, ['vip'], []),
      multiIf(model = '', '', startsWith(model, 'claude'), 'anthropic', 'openai'), model, model,
      if(kind = 'llm', concat('chatcmpl-', hex(rs)), ''), if(kind = 'llm', 'chat', ''), if(kind = 'llm', ['stop'], []),
      if(model != '', 200 + rs % 4000, NULL), if(kind = 'llm', 20 + rs % 600, NULL), if(kind = 'llm', rs % 200, NULL),
      if(model != '' AND model != 'o3', toDecimal64(0.0001 + (rs % 4000) / 200000., 12), NULL),
      if(kind = 'llm' AND model != 'o3', toDecimal64(0.0001, 12), NULL),
      if(kind = 'llm' AND model != 'o3', toDecimal64((rs % 4000) / 200000., 12), NULL),
      if(model != '' AND model != 'o3', 'genai-prices@0.1.8', ''), counted,
      if(kind = 'llm', 100000000 + rs % 400000000, NULL), if(kind = 'tool', name, ''), if(kind = 'agent', 'planner', ''),
      if(kind IN ('retriever', 'reranker'), toUInt32(5 + rs % 20), NULL), if(kind = 'reranker', toUInt32(30), NULL),
      map('customer.tier', ['free', 'pro', 'enterprise'][r % 3 + 1], 'region', ['eu', 'us'][r % 2 + 1]), 1, 1
    FROM (${source(first, count, firstNs, stepNs)})
    SETTINGS max_partitions_per_insert_block = 0`;
}

const WORDS =
  'refund order invoice delivery address password account premium search answer question customer policy shipping ' +
  'return warranty payment card login error update device battery screen network printer contract renewal discount';

function payloadsSql(first: number, count: number, firstNs: bigint, stepNs: bigint): string {
  return `INSERT INTO payloads
    (project, trace_id, span_id, start, input, output, attributes, events, links, resource, scope, input_preview,
     output_preview, search_text, version)
    WITH splitByChar(' ', '${WORDS}') AS words,
      arrayMap(i -> arrayStringConcat(arrayMap(j -> words[sipHash64(i, j) % length(words) + 1], range(10)), ' '),
        range(1000)) AS phrases,
      (seed, n) -> arrayStringConcat(arrayMap(i -> phrases[sipHash64(seed, i) % 1000 + 1], range(n)), ' ') AS prose,
      concat(prose(rs, 3), if(s = 0, concat(' ticket', toString(t)), '')) AS input_text,
      prose(rs + 1, 4) AS output_text
    SELECT project, trace_id, span_id, fromUnixTimestamp64Nano(start_ns, 'UTC'),
      map('input.value', input_text), map('output.value', output_text),
      concat('{"openinference.span.kind":"', upper(kind), '","customer.tier":"pro","llm.model_name":"', model, '"}'),
      '[]', '[]', '{"attributes":{"service.name":"api"},"droppedAttributesCount":0,"schemaUrl":""}',
      '{"name":"bench","version":"1","attributes":{},"droppedAttributesCount":0,"schemaUrl":""}',
      left(input_text, 200), left(output_text, 200), lower(concat(input_text, '\\x01', output_text)), 1
    FROM (${source(first, count, firstNs, stepNs)})
    SETTINGS max_partitions_per_insert_block = 0`;
}
