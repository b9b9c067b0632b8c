import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import { type ProjectScope, type SpanRange, startsWithin } from '../project-scope.ts';

/** Hashes of the content of a span, to compare it with that of other spans. Null if the span has no such content. */
export interface ContentFingerprints {
  readonly input: string | null;
  readonly output: string | null;
}

interface Row {
  readonly span_id: string;
  readonly input: string | null;
  readonly output: string | null;
}

/**
 * Fingerprints by span id. Content that arrived as log records counts as well: records of choices are output, details of a
 * whole call are both, and all others are input.
 */
export async function contentFingerprints(
  scope: ProjectScope,
  traceId: string,
  range: SpanRange,
  limits?: QueryLimits,
): Promise<ReadonlyMap<string, ContentFingerprints>> {
  const rows = await scope.query<Row>(
    sql`
    SELECT span_id,
      if(max(has_input), hex(groupBitXor(input_hash)), NULL) AS input,
      if(max(has_output), hex(groupBitXor(output_hash)), NULL) AS output
    FROM
    (
      SELECT span_id, notEmpty(input) AS has_input, notEmpty(output) AS has_output,
        sipHash64(1, toString(input)) AS input_hash, sipHash64(2, toString(output)) AS output_hash
      FROM ${scope.payloads}
      WHERE trace_id = ${traceId} AND ${startsWithin(range)}
      ORDER BY version DESC
      LIMIT 1 BY span_id
      UNION ALL
      SELECT span_id, event_name != 'gen_ai.choice' AS has_input, event_name IN ${OUTPUT_RECORDS} AS has_output,
        if(has_input, sipHash64(event_name, body, attributes), 0) AS input_hash,
        if(has_output, sipHash64(event_name, body, attributes), 0) AS output_hash
      FROM ${scope.logs}
      WHERE trace_id = ${traceId} AND span_id != ''
      ORDER BY version DESC
      LIMIT 1 BY span_id, time, event_name, content_hash
    )
    GROUP BY span_id`,
    limits,
  );
  return new Map(rows.map(({ span_id, input, output }) => [span_id, { input, output }]));
}

const OUTPUT_RECORDS = ['gen_ai.choice', 'gen_ai.client.inference.operation.details'];
