export { decodeAttributes, decodeValue, encodeAttributes, encodeValue } from './attribute-codec.ts';
export { attributesToJson, valueToJson } from './attribute-json.ts';
export { type AttributeClass, classifyAttribute } from './classify-attribute.ts';
export type {
  Document,
  EmbeddingContent,
  PromptContent,
  RetrievalContent,
  SpanContent,
  ToolContent,
  TypedText,
} from './content.ts';
export type { Cost } from './cost.ts';
export { FILTER_FIELDS, type FilterField, type LabelField, type NumberField } from './filter/fields.ts';
export type { Comparison, Filter, FilterProblem, FilterTerm } from './filter/filter.ts';
export { MAX_FILTER_LENGTH, type ParsedFilter, parseFilter } from './filter/parse-filter.ts';
export { printFilter } from './filter/print-filter.ts';
export { formatCost, formatCount, formatDuration, formatTokens } from './format.ts';
export { COUNTED_KINDS, SPAN_KINDS, type SpanKind } from './kind.ts';
export { mapContent, mapPreviews } from './map-content.ts';
export { MAPPER_VERSION, mapFacts } from './map-facts.ts';
export { toParts } from './message-parts.ts';
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
} from './messages.ts';
export { messagesFromRequest, messagesFromResponse } from './messages-from-body.ts';
export { messagesFromJson } from './messages-from-json.ts';
export { previews } from './previews.ts';
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
} from './raw-span.ts';
export type { SpanFacts } from './span.ts';
export { formatTraceTree, type TextTreeSpan } from './text-tree.ts';
export {
  buildTraceTree,
  type RootReason,
  type TraceNode,
  type TraceTree,
  type TreeSpan,
  walkTree,
} from './trace-tree.ts';
export type { Usage } from './usage.ts';
export {
  countUsedDocuments,
  type DocumentMark,
  documentMarksOf,
  markUsedDocuments,
  USED_DOCUMENTS_ATTRIBUTE,
} from './used-documents.ts';
