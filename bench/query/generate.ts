/**
 * Fills a data folder with synthetic but plausible traces, with SQL only.
 *
 * Traces have 1 to 30 spans (see trace-shapes.ts). Users, sessions, models and tools are used in very different shares. One
 * trace in twelve fails, two in a hundred lack their root, a fifth have scores. Texts are natural (see text-pool.ts).
 */
import type { Engine } from '../../packages/server/src/clickhouse/engine.ts';
import { POOL, POOL_SIZE } from './text-pool.ts';
import {
  SIZE_OF_PLACE,
  SPAN_OF_PLACE,
  SPANS_PER_BLOCK,
  TRACE_OF_PLACE,
  TRACES_PER_BLOCK,
} from './trace-shapes.ts';

export interface GenerateOptions {
  readonly spans: number;
  readonly days: number;
  /** Traces end before this time, in nanoseconds since 1970. */
  readonly endNs: bigint;
  /** Number of parts of the last day, because recent loads are not merged yet. */
  readonly partsOfLastDay: number;
}

const BLOCKS_PER_STATEMENT = 5_000;
const DAY_NS = 86_400_000_000_000n;

/** Statements that insert the spans of a time, and what belongs to them. */
export interface Inserts {
  /** Range of the starts of the traces, in nanoseconds since 1970. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly statements: readonly string[];
}

/** Returns the inserts of the earlier days and of the last day. Each insert of the last day creates a part. */
export function inserts(options: GenerateOptions): {
  readonly before: Inserts[];
  readonly lastDay: Inserts[];
} {
  const blocks = Math.floor(options.spans / SPANS_PER_BLOCK);
  const stepNs = (BigInt(options.days) * DAY_NS) / BigInt(blocks);
  const startOf = (block: number) => options.endNs - stepNs * BigInt(blocks - block);
  const midnightNs = options.endNs - (options.endNs % DAY_NS);
  const blocksUntil = (ns: bigint) => Math.max(0, blocks - Number((options.endNs - ns) / stepNs));
  const insert = (from: number, to: number, size: number) => {
    const list: Inserts[] = [];
    for (let first = from; first < to; first += size) {
      const count = Math.min(size, to - first);
      const range = { first, count, firstNs: startOf(first), stepNs };
      list.push({
        fromNs: startOf(first),
        toNs: startOf(first + count),
        statements: [spansSql(range), payloadsSql(range), logsSql(range), ...scoresSql(range)],
      });
    }
    return list;
  };
  // An insert contains blocks of one day, so that each day has few parts.
  const midnights = Array.from({ length: options.days + 1 }, (_, day) =>
    blocksUntil(midnightNs - BigInt(options.days - day) * DAY_NS),
  );
  const ofLastDay = blocks - blocksUntil(midnightNs);
  return {
    before: midnights
      .slice(1)
      .flatMap((end, day) => insert(midnights[day] as number, end, BLOCKS_PER_STATEMENT)),
    lastDay: insert(blocks - ofLastDay, blocks, Math.ceil(ofLastDay / options.partsOfLastDay)),
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
      if(number % 5 = 4, toDecimal64(0.0038, 12), NULL), number % 5 = 4, ${startNs}
    FROM numbers(${spans})
    ${SETTINGS}`);
  return traceId;
}

interface Range {
  readonly first: number;
  readonly count: number;
  readonly firstNs: bigint;
  /** Time from the start of one block to that of the next. */
  readonly stepNs: bigint;
}

/** One part per statement and day. */
const SETTINGS = `SETTINGS max_partitions_per_insert_block = 0, max_insert_threads = 1,
  min_insert_block_size_rows = 1000000, min_insert_block_size_bytes = 6000000000`;

/** A number from 0 to 1 that depends on a hash. */
const share = (hash: string) => `(${hash} / 18446744073709551616.)`;
/** A rank from 0 to `most`, where low ranks are much more frequent. */
const rank = (hash: string, most: number) => `toUInt32(floor(pow(${most}, ${share(hash)}))) - 1`;
/** A factor around 1 by a log-normal distribution: half of the values are above 1, one in a hundred is above 5. */
const spread = (hash: string) =>
  `exp(1.2 * (${[1, 2, 3, 4].map((part) => share(`sipHash64(${hash}, ${part})`)).join(' + ')} - 2))`;

/** Subquery with numbered traces and spans, and the values that several tables derive from the numbers. */
function source({ first, count, firstNs, stepNs }: Range): string {
  return `
    SELECT intDiv(number, ${SPANS_PER_BLOCK}) + ${first} AS block, number % ${SPANS_PER_BLOCK} + 1 AS place,
      block * ${TRACES_PER_BLOCK} + ${TRACE_OF_PLACE}[place] AS t, ${SPAN_OF_PLACE}[place] AS s, ${SIZE_OF_PLACE}[place] AS size,
      sipHash64(t) AS r, sipHash64(t, s) AS rs,
      -- Sessions contain up to some dozens of traces within a quarter of an hour.
      intDiv(t, 1200) * 400 + toUInt32(400 * pow(${share('r')}, 2)) AS session, sipHash64(session, 'session') AS of_session,
      ['production', 'production', 'production', 'production', 'production', 'production', 'staging', 'staging', 'demo', 'demo'][of_session % 10 + 1] AS project,
      ${rank("sipHash64(session, 'user')", 50_000)} AS user,
      ['free', 'free', 'free', 'pro', 'pro', 'enterprise'][user % 6 + 1] AS tier,
      ['search', 'search', 'search', 'search', 'chat', 'chat', 'chat', 'summary', 'support', 'support'][r % 10 + 1] AS feature,
      ['gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o-mini', 'gpt-4o', 'gpt-4o', 'claude-sonnet-4', 'claude-sonnet-4', 'o3'][intDiv(r, 100) % 10 + 1] AS llm,
      lower(hex(MD5(toString(t)))) AS trace_id,
      lower(leftPad(hex(sipHash64(t, s)), 16, '0')) AS span_id,
      if(s < 10, [0, 0, 1, 1, 0, 0, 5, 5, 5, 5][s + 1], 5) AS p,
      if(s = 0, '', lower(leftPad(hex(sipHash64(t, toUInt8(p))), 16, '0'))) AS parent_span_id,
      if(s < 10, s, [6, 7, 8][(s - 10) % 3 + 1]) AS role,
      ['answer_question', 'retrieve', 'embed', 'vector_search', 'rerank', 'agent', 'plan', 'tool', 'generate', 'POST'][role + 1] AS role_name,
      if(size = 1, 'llm', ['chain', 'retriever', 'embedding', 'retriever', 'reranker', 'agent', 'llm', 'tool', 'llm', 'span'][role + 1]) AS kind,
      ['lookup_order', 'search_web', 'read_file', 'run_sql', 'send_email', 'get_weather', 'create_ticket', 'refund', 'translate', 'calculator', 'list_files', 'update_record'][${rank('sipHash64(rs)', 12)} + 1] AS tool,
      multiIf(kind = 'tool', tool, size = 1, 'chat', role_name) AS name,
      multiIf(kind = 'llm', llm, kind = 'embedding', 'text-embedding-3-small', kind = 'reranker', 'rerank-v3.5', '') AS model,
      r % 25 = 0 OR (feature = 'support' AND r % 4 = 0) AS failed,
      (s = 0 AND failed) OR (kind = 'tool' AND (rs % 50 = 0 OR (failed AND role = 7))) AS is_error,
      toUInt64([if(size = 1, 1200, 500 * size), 900, 80, 700, 250, 400 * size, 1100, 90, 1300, 60][role + 1] * 1000000
        * ${spread('rs')} * if(llm = 'o3' AND kind IN ('llm', 'chain', 'agent'), 3, 1)) AS duration,
      ${firstNs} + toInt64(block - ${first}) * ${stepNs} + toInt64(${share("sipHash64(t, 'start')")} * ${stepNs}) AS trace_ns,
      trace_ns + toInt64(s) * 150000000 + toInt64(rs % 40000000) AS start_ns,
      toUInt64(trace_ns) + 8000000000 AS version
    FROM numbers(${count * SPANS_PER_BLOCK})
    WHERE NOT (s = 0 AND size > 1 AND t % 50 = 7)`;
}

function spansSql(range: Range): string {
  return `INSERT INTO spans
    (project, trace_id, span_id, parent_span_id, name, kind, otel_kind, start, duration_ns, status, status_message,
     error_type, service, environment, release, feature, user_id, session_id, tags, provider, model, request_model,
     response_id, operation, finish_reasons, input_tokens, output_tokens, cache_read_tokens, cost_usd,
     input_cost_usd, output_cost_usd, cost_source, counted, ttft_ns, tool_name, agent_name, document_count,
     input_document_count, attributes, mapper_version, scope, version)
    WITH ['LookupError', 'TimeoutError', 'RateLimitError', 'ValueError'][rs % 4 + 1] AS error,
      200 + toUInt32(1500 * ${spread('sipHash64(rs, 11)')}) AS used, 20 + toUInt32(250 * ${spread('sipHash64(rs, 12)')}) AS made,
      [0.15, 2.5, 3., 10.][indexOf(['gpt-4o-mini', 'gpt-4o', 'claude-sonnet-4', 'o3'], model)] AS price,
      kind IN ('llm', 'embedding', 'reranker') AS is_call, concat('chatcmpl-', hex(rs)) AS response
    SELECT project, trace_id, span_id, parent_span_id, name, kind, if(kind = 'llm', 'client', 'internal'),
      fromUnixTimestamp64Nano(start_ns, 'UTC'), duration,
      multiIf(is_error, 'error', s = 0, 'ok', 'unset'),
      if(is_error, concat(error, ': no result for ', name), ''), if(is_error AND kind = 'tool', error, ''),
      ['api', 'api', 'worker', 'gateway'][r % 4 + 1], if(project = 'staging', 'staging', 'production'),
      concat('1.4.', toString(intDiv(start_ns, 172800000000000) % 40)), feature, concat('u_', toString(user)),
      concat('sess_', toString(session)), if(s = 0 AND user < 20, ['vip'], []),
      multiIf(model = '', '', startsWith(model, 'claude'), 'anthropic', startsWith(model, 'rerank'), 'cohere', 'openai'),
      model, model, if(kind = 'llm', response, ''), multiIf(kind = 'llm', 'chat', kind = 'embedding', 'embeddings', ''),
      if(kind = 'llm', [multiIf(rs % 60 = 0, 'length', role = 6, 'tool_calls', 'stop')], []),
      if(is_call, used, NULL), if(kind = 'llm', made, NULL), if(kind = 'llm' AND rs % 3 = 0, intDiv(used, 2), NULL),
      if(kind = 'llm' AND rs % 200 != 0, toDecimal64((used * price + made * price * 4) / 1e6, 12), NULL),
      if(kind = 'llm' AND rs % 200 != 0, toDecimal64(used * price / 1e6, 12), NULL),
      if(kind = 'llm' AND rs % 200 != 0, toDecimal64(made * price * 4 / 1e6, 12), NULL),
      if(kind = 'llm' AND rs % 200 != 0, 'genai-prices@0.1.8', ''), is_call,
      if(kind = 'llm', toUInt64(3e8 * ${spread('sipHash64(rs, 13)')}), NULL), if(kind = 'tool', name, ''), if(kind = 'agent', 'planner', ''),
      if(kind IN ('retriever', 'reranker'), toUInt32(5 + rs % 20), NULL), if(kind = 'reranker', toUInt32(30), NULL),
      CAST(mapConcat(
        map('customer.tier', tier, 'customer.id', concat('c_', toString(intDiv(user, 8))), 'region', ['eu', 'us', 'us', 'ap'][session % 4 + 1],
          'openinference.span.kind', upper(kind)),
        if(kind = 'llm', map('gen_ai.request.model', model, 'gen_ai.response.id', response, 'gen_ai.usage.input_tokens', toString(used),
          'gen_ai.usage.output_tokens', toString(made), 'gen_ai.request.temperature', ['0', '0.2', '0.7'][rs % 3 + 1]), map()),
        if(s = 0 OR role = 9, map('http.route', ['/chat', '/search', '/tickets/:id', '/summaries'][r % 4 + 1], 'http.status_code', if(failed, '500', '200'),
          'request.id', hex(r)), map()),
        if(kind = 'tool', map('tool.attempt', toString(rs % 3 + 1)), map())), 'Map(LowCardinality(String), String)'), 1,
      if(is_call, 'openinference.instrumentation.openai', 'app'), version
    FROM (${source(range)})
    ${SETTINGS}`;
}

/** A text from passages of the pool, chosen by a hash. */
const passages = (column: 'text' | 'folded', hash: string, count: string) =>
  `arrayStringConcat(arrayMap(i -> joinGet('${POOL}', '${column}', toUInt32(sipHash64(${hash}, i) % ${POOL_SIZE})), range(toUInt8(${count}))), ' ')`;

function payloadsSql(range: Range): string {
  return `INSERT INTO payloads
    (project, trace_id, span_id, start, input, output, attributes, events, links, resource, scope, input_preview,
     output_preview, search_text, version)
    WITH
      -- Numbers and ids that occur only here.
      multiIf(kind = 'span', '', concat(if(s = 0, concat('ticket', toString(t), ' '), ''), 'order ', toString(rs % 1000000000), ' ', lower(hex(sipHash64(rs))), ' ')) AS own,
      if(kind = 'span', 0, [2, 1, 0, 1, 1, 1, 3, 0, 2][role + 1]) AS passages_in, if(kind = 'span', 0, [1, 2, 0, 2, 1, 1, 0, 1, 1][role + 1]) AS passages_out,
      concat(own, ${passages('text', 'rs', 'passages_in')}) AS input_text,
      ${passages('text', 'rs + 1', 'passages_out')} AS output_text
    SELECT project, trace_id, span_id, fromUnixTimestamp64Nano(start_ns, 'UTC'),
      map('input.value', input_text), map('output.value', output_text),
      concat('{"openinference.span.kind":"', upper(kind), '","customer.tier":"', tier, '","llm.model_name":"', model, '","session.id":"sess_', toString(session), '"}'),
      '[]', '[]', '{"attributes":{"service.name":"api","deployment.environment":"production"},"droppedAttributesCount":0,"schemaUrl":""}',
      '{"name":"bench","version":"1","attributes":{},"droppedAttributesCount":0,"schemaUrl":""}',
      leftUTF8(input_text, 200), leftUTF8(output_text, 200),
      concat(lower(own), ${passages('folded', 'rs', 'passages_in')}, '\\x01', ${passages('folded', 'rs + 1', 'passages_out')}), version
    FROM (${source(range)})
    ${SETTINGS}`;
}

/** Some clients send content as log records: here those of one in two hundred traces. */
function logsSql(range: Range): string {
  return `INSERT INTO logs
    (project, trace_id, span_id, time, event_name, severity_number, body, attributes, resource, scope, output_preview,
     search_text, content_hash, version)
    WITH ${passages('text', 'rs + 2', '2')} AS content
    SELECT project, trace_id, span_id, fromUnixTimestamp64Nano(start_ns, 'UTC'), 'gen_ai.choice', 9,
      toJSONString(map('content', content)), '{}', '{"attributes":{},"droppedAttributesCount":0,"schemaUrl":""}',
      '{"name":"bench","version":"1","attributes":{},"droppedAttributesCount":0,"schemaUrl":""}', leftUTF8(content, 200),
      ${passages('folded', 'rs + 2', '2')}, rs, version
    FROM (${source(range)})
    WHERE t % 200 = 1 AND kind = 'llm'
    ${SETTINGS}`;
}

/** A fifth of the traces have a score from a model, and three in a hundred also one from a person. */
function scoresSql(range: Range): string[] {
  const each = `
    SELECT DISTINCT project, trace_id, t, r, trace_ns, version, pair.1 AS name, pair.2 AS source
    FROM (${source(range)})
    ARRAY JOIN arrayConcat(if(r % 5 = 0, [('faithfulness', 'llm')], []), if(r % 33 = 0, [('thumbs', 'human')], [])) AS pair`;
  const created = "fromUnixTimestamp64Nano(toInt64(version), 'UTC')";
  return [
    `INSERT INTO scores (project, id, trace_id, name, value_type, number, text, source, evaluator, comment, created, version)
     SELECT project, lower(hex(MD5(concat(toString(t), name)))), trace_id, name, if(source = 'llm', 'number', 'category'),
       if(source = 'llm', round(pow(${share('sipHash64(r)')}, 0.3), 2), NULL), if(source = 'llm', '', if(r % 2 = 0, 'up', 'down')),
       source, if(source = 'llm', 'judge-2', ''), if(source = 'llm', ${passages('text', 'r', '1')}, ''), ${created}, version
     FROM (${each}) ${SETTINGS}`,
    `INSERT INTO score_starts (project, id, created, precedence)
     SELECT project, lower(hex(MD5(concat(toString(t), name)))), ${created}, 18446744073709551615 - version
     FROM (${each}) ${SETTINGS}`,
  ];
}
