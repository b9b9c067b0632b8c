/** Values by which traces can be sorted, in both directions. Traces without the value are last. */
export const TRACE_SORT_FIELDS = [
  'startTime',
  'durationMs',
  'costUsd',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'spanCount',
  'errorCount',
  'name',
  'status',
  'model',
  'service',
  'environment',
  'feature',
  'userId',
  'sessionId',
] as const;

/** Values by which spans can be sorted, in both directions. Spans without the value are last. */
export const SPAN_SORT_FIELDS = [
  'startTime',
  'durationMs',
  'costUsd',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'ttftMs',
  'documentCount',
  'name',
  'kind',
  'status',
  'model',
  'provider',
  'toolName',
  'agentName',
  'promptName',
  'errorType',
  'service',
  'environment',
  'release',
  'feature',
  'userId',
  'sessionId',
] as const;

/** Values by which sessions and users can be sorted, in both directions. Rows without the value are last. */
export const GROUP_SORT_FIELDS = [
  'lastSeen',
  'firstSeen',
  'traceCount',
  'failedTraceCount',
  'errorCount',
  'costUsd',
  'inputTokens',
  'outputTokens',
  'totalTokens',
  'id',
] as const;

/** Each field in both directions, descending first: `-name` and `name`. */
export function bothDirections<Field extends string>(fields: readonly Field[]): (Field | `-${Field}`)[] {
  return fields.flatMap((field) => [`-${field}` as const, field]);
}
