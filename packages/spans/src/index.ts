export {
  decodeAttributes,
  decodeValue,
  encodeAttributes,
  encodeValue,
} from './attributes/attribute-codec.ts';
export { attributesToJson, valueToJson } from './attributes/attribute-json.ts';
export { countedAgents } from './calls/counted-agents.ts';
export { type RecordedCall, repeatedCalls } from './calls/repeated-calls.ts';
export { BIN_BOUNDS, binOf, endOfBin } from './catalogue/bins.ts';
export {
  type Dimension,
  hasDimension,
  isOrdinal,
  OTHER_DIMENSIONS,
  parseDimension,
  printDimension,
} from './catalogue/dimensions.ts';
export {
  FILTER_FIELDS,
  type FilterField,
  filterFieldOf,
  type LabelField,
  type NumberField,
  type SpanNumberField,
  type TraceNumberField,
} from './catalogue/fields.ts';
export { autoGrain, countSteps, GRAINS, type Grain, stepStarts } from './catalogue/grains.ts';
export {
  type Aggregation,
  MEASURES,
  type MeasureId,
  type MeasureRow,
  type MeasureUnit,
} from './catalogue/measures.ts';
export {
  describeMeasure,
  isAdditive,
  type ParsedMeasure,
  parseMeasure,
  printMeasure,
  QUERY_MEASURES,
  type QueryAggregation,
  type QueryMeasureId,
  type QueryMeasureRow,
  type QueryUnit,
  type RowsOf,
  unitOf,
} from './catalogue/query-measures.ts';
export {
  bothDirections,
  GROUP_SORT_FIELDS,
  SPAN_SORT_FIELDS,
  TRACE_SORT_FIELDS,
} from './catalogue/sort-fields.ts';
export { type AttributeClass, classifyAttribute } from './dialects/classify-attribute.ts';
export { documentMarksOf, USED_DOCUMENTS_ATTRIBUTE } from './dialects/generic/document-marks.ts';
export { isIdentifierKey } from './dialects/identifier-keys.ts';
export { asRunning } from './dialects/logfire/pending-span.ts';
export { type Evaluation, evaluationOf } from './dialects/otel-genai/evaluation.ts';
export { EVALUATION_EVENT, GENAI_EVENT_PREFIX, isContextEvent } from './dialects/otel-genai/event-names.ts';
export { eventNameOf, eventOfLog, type LogEvent, spanOfLog } from './dialects/otel-genai/log-event.ts';
export {
  type FilterableSpan,
  type FilterableTrace,
  isLike,
  isOfTrace,
  matchesSpan,
  matchesTrace,
  textsOf,
} from './filter/evaluate-filter.ts';
export type {
  Comparison,
  Condition,
  Expression,
  Filter,
  FilterProblem,
  LabelSubject,
  LabelTest,
  NumberSubject,
  NumberTest,
  TextCondition,
} from './filter/expression.ts';
export {
  MAX_FILTER_LENGTH,
  type ParsedFilter,
  type ParseFilterOptions,
  parseFilter,
} from './filter/parse-filter.ts';
export { printFilter } from './filter/print-filter.ts';
export { mapContent, mapTexts } from './mapping/map-content.ts';
export { MAPPER_VERSION, mapFacts } from './mapping/map-facts.ts';
export { previews } from './mapping/previews.ts';
export { type SaidTexts, saidTexts } from './mapping/said-texts.ts';
export { countUsedDocuments, markUsedDocuments } from './mapping/used-documents.ts';
export { BoundedCache } from './memory/bounded-cache.ts';
export { toParts } from './messages/message-parts.ts';
export { messagesFromRequest, messagesFromResponse } from './messages/messages-from-body.ts';
export { messagesFromJson } from './messages/messages-from-json.ts';
export type {
  Document,
  DocumentMark,
  EmbeddingContent,
  PromptContent,
  RetrievalContent,
  SpanContent,
  ToolContent,
  TypedText,
} from './model/content.ts';
export { type Cost, MAX_COST_USD } from './model/cost.ts';
export { COUNTED_KINDS, SPAN_KINDS, type SpanKind } from './model/kind.ts';
export type {
  BlobPart,
  FilePart,
  GenericPart,
  Message,
  MessagePart,
  Modality,
  ReasoningPart,
  TextPart,
  ToolCallPart,
  ToolCallResponsePart,
  UriPart,
} from './model/messages.ts';
export {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type OtelKind,
  type RawEvent,
  type RawLink,
  type RawResource,
  type RawScope,
  type RawSpan,
  type StatusCode,
} from './model/raw-span.ts';
export type { SpanFacts } from './model/span.ts';
export type { Usage } from './model/usage.ts';
export {
  addCosts,
  type Calculation,
  type CostLine,
  linesOfCost,
} from './pricing/calculate-cost.ts';
export { calculationOfCall, costOfCall, PRICED_KINDS, type PricedFacts } from './pricing/cost-of-call.ts';
export { type EffectivePrice, effectivePrice } from './pricing/effective-price.ts';
export { type ExplainedCost, explainCost, isSameCost } from './pricing/explain-cost.ts';
export { costLabelOf, exactUsd, formatCalculation } from './pricing/format-calculation.ts';
export { modelKey } from './pricing/model-names.ts';
export { createPricer, PRICE_SOURCE, type PriceUsage } from './pricing/pricing.ts';
export {
  createProjectPrices,
  type MatchedPrice,
  PROJECT_PRICE_SOURCE,
  type ProjectPrice,
  type ProjectPrices,
  type PromptTier,
  TOKEN_PRICE_NAMES,
  type TokenPrices,
} from './pricing/project-prices.ts';
export {
  findText,
  type Passage,
  passageOf,
  searchedTextsOf,
  type TextRange,
} from './search/find-text.ts';
export { foldText } from './search/fold-text.ts';
export { MAX_SEARCH_BYTES, searchTextOf, TEXT_BOUNDARY } from './search/search-text.ts';
export {
  matchesSearchText,
  type SearchWords,
  searchPatternRe2,
  searchWordsOf,
} from './search/search-words.ts';
export { type SearchableSpan, searchedTexts } from './search/searched-texts.ts';
export { compareShares, type ShareDifference, type Shares } from './statistics/share-difference.ts';
export { type AgentIteration, type AgentRun, agentRuns, type UsedTool } from './trace/agent-runs.ts';
export {
  type Concurrency,
  findConcurrency,
  type SerialBranches,
  type SlowBranch,
} from './trace/branches.ts';
export { answerTextOf, promptTextOf } from './trace/conclusion/call-text.ts';
export {
  type AnsweredPrompt,
  concludeDocuments,
  type FoundDocuments,
} from './trace/conclusion/conclude-documents.ts';
export { concludeTrace } from './trace/conclusion/conclude-trace.ts';
export {
  CONCLUSION_CAUSES,
  CONCLUSION_TOPICS,
  type Conclusion,
  type ConclusionCause,
  type ConclusionPart,
  type ConclusionSentence,
  type ConclusionTopic,
  formatConclusion,
  textOf,
} from './trace/conclusion/sentence.ts';
export { type CriticalPath, findCriticalPath, type PathSegment } from './trace/critical-path.ts';
export { csvLine } from './trace/csv-line.ts';
export {
  countChanges,
  DIFF_CHANGES,
  DIFF_FIELDS,
  type DiffChange,
  type DiffField,
  type DiffRow,
  diffTraces,
  type SpanDelta,
} from './trace/diff-traces.ts';
export type { DiffableSpan } from './trace/diffable-span.ts';
export { endOfTokens, estimateTokens } from './trace/estimate-tokens.ts';
export { formatCost, formatCount, formatDuration, formatShare, formatTokens } from './trace/format.ts';
export { formatDiff } from './trace/format-diff.ts';
export { formatMeasure, formatShortMeasure } from './trace/format-measure.ts';
export {
  type DocumentUse,
  type GivenDocument,
  INPUT_CLASSES,
  type InputClass,
  type InputPassage,
  type InputShares,
  inputShares,
} from './trace/input-shares.ts';
export { callsByCost, errorOrigins, type NotableSpans, notableSpans } from './trace/notable-spans.ts';
export { printableName } from './trace/printable-name.ts';
export { ROLL_UPS, type RollUp, type RollUpBy, type RollUpRow, rollUp } from './trace/roll-up.ts';
export { formatTraceTree, type TextTreeSpan } from './trace/text-tree.ts';
export { millisecondsBetween, parseTimestamp } from './trace/timestamp.ts';
export {
  type ConversationEntry,
  type ConversationStep,
  conversationOf,
} from './trace/trace-conversation.ts';
export { isStale, type LayoutSpan, layoutAt, layoutTrace, type TraceLayout } from './trace/trace-layout.ts';
export {
  buildTraceTree,
  type RootReason,
  type TraceNode,
  type TraceTree,
  type TreeSpan,
  walkTree,
} from './trace/trace-tree.ts';
