import { type Sql, sql } from '../../clickhouse/sql.ts';
import { SPAN_SUMMARY_FIELDS } from './span-summary.ts';

/** The summary of a span and its other facts, in the format of the API. */
export const SPAN_FACT_FIELDS: Sql = sql`trace_id AS traceId, ${SPAN_SUMMARY_FIELDS},
      nullIf(environment, '') AS environment,
      nullIf(release, '') AS release,
      nullIf(feature, '') AS feature,
      nullIf(user_id, '') AS userId,
      nullIf(session_id, '') AS sessionId,
      tags,
      nullIf(operation, '') AS operation,
      nullIf(request_model, '') AS requestModel,
      nullIf(response_id, '') AS responseId,
      finish_reasons AS finishReasons,
      nullIf(workflow_name, '') AS workflowName,
      nullIf(prompt_name, '') AS promptName,
      nullIf(prompt_version, '') AS promptVersion,
      nullIf(cost_source, '') AS costSource`;
