import type { components, paths } from './schema.generated.d.ts';

type Answer<P extends keyof paths> = paths[P] extends {
  get: { responses: { 200: { content: { 'application/json': infer Body } } } };
}
  ? Body
  : never;

export type ProjectList = Answer<'/api/v1/projects'>;
export type TraceList = Answer<'/api/v1/traces'>;
export type TraceSummary = TraceList['traces'][number];
export type ListedSpan = Answer<'/api/v1/spans'>['spans'][number];
export type SessionSummary = Answer<'/api/v1/sessions'>['sessions'][number];
export type UserSummary = Answer<'/api/v1/users'>['users'][number];
export type SessionDetail = Answer<'/api/v1/sessions/{sessionId}'>;
export type SessionTurn = Answer<'/api/v1/sessions/{sessionId}/turns'>['turns'][number];
export type UserDetail = Answer<'/api/v1/users/{userId}'>;
export type TracesSummary = Answer<'/api/v1/traces/summary'>;
export type TraceHeatMap = Answer<'/api/v1/traces/heatmap'>;
export type TraceDifference = Answer<'/api/v1/traces/differences'>['differences'][number];
export type Trace = Answer<'/api/v1/traces/{traceId}'>;
export type ConversationEntry = Answer<'/api/v1/traces/{traceId}/conversation'>['entries'][number];
export type TraceDiff = Answer<'/api/v1/traces/{a}/diff/{b}'>;
export type SpanSummary = Trace['spans'][number];
export type SpanDetail = Answer<'/api/v1/traces/{traceId}/spans/{spanId}'>;
export type Message = NonNullable<SpanDetail['inputMessages']>[number];
export type ScoreSummary = Trace['scores'][number];
export type Score = SpanDetail['scores'][number];
export type IngestProblem = Answer<'/api/v1/ingest/problems'>['problems'][number];
export type MetricSeries = Answer<'/api/v1/otel-metrics'>['series'][number];
export type MessagePart = Message['parts'][number];
export type RetrievedDocument = NonNullable<SpanDetail['documents']>[number];

export type SqlTable = Answer<'/api/v1/sql/tables'>['tables'][number];
export type SqlResult = paths['/api/v1/sql']['post']['responses'][200]['content']['application/json'];
export type MetricsResult = components['schemas']['MetricsResult'];
export type MetricsRow = MetricsResult['rows'][number];
export type SavedView = components['schemas']['View'];
export type ViewPage = SavedView['page'];
export type ShareLink = components['schemas']['ShareLink'];
export type Price = components['schemas']['Price'];
export type NewPrice = paths['/api/v1/prices']['post']['requestBody']['content']['application/json'];
export type RepriceJob = components['schemas']['RepriceJob'];
export type ModelPrice = components['schemas']['ModelPrice'];
export type StoreDamage = Answer<'/api/v1/store/damage'>;
export type LiveSpans = components['schemas']['LiveSpans'];
export type LiveScores = components['schemas']['LiveScores'];
export type LiveFinished = components['schemas']['LiveFinished'];
export type ErrorCode = components['schemas']['ErrorCode'];
export type Problem = components['schemas']['Problem'];
