import { SPAN_KINDS } from '@throughline/spans';
import { z } from 'zod';
import { costCalculation } from './cost-calculation.ts';
import { score } from './score.ts';
import { attributes, status, timestamp } from './values.ts';

/** A row of the tree: the fields that a page needs to draw it, without long texts. */
export const spanSummary = z.object({
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  startTime: timestamp,
  durationMs: z.number().nullable().describe('Null while the span is running.'),
  status,
  statusMessage: z.string().nullable(),
  errorType: z.string().nullable(),
  service: z.string().nullable(),
  provider: z.string().nullable(),
  model: z.string().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  cacheReadTokens: z.int().nullable(),
  cacheWriteTokens: z.int().nullable(),
  reasoningTokens: z.int().nullable(),
  costUsd: z.number().nullable(),
  counted: z.boolean().describe('Whether tokens and cost of this span are part of the totals of the trace.'),
  ttftMs: z.number().nullable(),
  toolName: z.string().nullable(),
  agentName: z.string().nullable(),
  documentCount: z.int().nullable(),
  inputDocumentCount: z.int().nullable(),
});

const messagePart = z.looseObject({ type: z.string() });

/** A message in the format of OpenTelemetry's `gen_ai.input.messages`. */
export const message = z.looseObject({
  role: z.string(),
  name: z.string().optional(),
  parts: z.array(messagePart),
  finish_reason: z.string().optional(),
});

const typedText = z.object({ text: z.string(), mimeType: z.string().nullable() });

export const document = z.object({
  id: z.string().nullable(),
  content: z.string().nullable(),
  score: z.number().nullable(),
  metadata: z.unknown(),
  used: z.boolean().describe('Whether a span of the trace marks this document as used for its answer.'),
});

export const spanDetail = spanSummary.extend({
  traceId: z.string(),
  otelKind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  endTime: timestamp.nullable(),
  otelStatus: z
    .object({ code: status, message: z.string() })
    .describe(
      'The status as sent. In contrast, `status` is also `error` if the span has a recorded exception.',
    ),
  environment: z.string().nullable(),
  release: z.string().nullable(),
  feature: z.string().nullable(),
  userId: z.string().nullable(),
  sessionId: z.string().nullable(),
  tags: z.array(z.string()),
  operation: z.string().nullable(),
  requestModel: z.string().nullable(),
  responseId: z.string().nullable(),
  finishReasons: z.array(z.string()),
  workflowName: z.string().nullable(),
  promptName: z.string().nullable(),
  promptVersion: z.string().nullable(),
  tokenDetails: z.record(z.string(), z.int()).describe('Further token counts by name.'),
  inputCostUsd: z.number().nullable(),
  outputCostUsd: z.number().nullable(),
  costDetails: z.record(z.string(), z.number()),
  costSource: z
    .string()
    .nullable()
    .describe(
      '`reported`, the price table and its version, or `project-price:<id>@<revision>` for a price of the project.',
    ),
  serviceTier: z
    .string()
    .nullable()
    .describe('The tier that served the call, otherwise the requested one, such as `flex`.'),
  costCalculation: costCalculation
    .nullable()
    .describe(
      'How the cost was calculated, or why there is none. Null if the span is not a call with tokens.',
    ),

  input: typedText.nullable(),
  output: typedText.nullable(),
  inputMessages: z.array(message).nullable(),
  outputMessages: z.array(message).nullable(),
  toolDefinitions: z.array(z.unknown()).nullable(),
  parameters: z.record(z.string(), z.unknown()).nullable(),
  documents: z.array(document).nullable().describe('Documents that a retriever or reranker returned.'),
  retrieval: z
    .object({
      query: z.string().nullable(),
      topK: z.int().nullable(),
      inputDocuments: z.array(document).nullable().describe('Documents that a reranker received.'),
    })
    .nullable(),
  usedDocuments: z
    .array(z.object({ spanId: z.string().nullable(), index: z.int().nullable(), id: z.string().nullable() }))
    .nullable()
    .describe(
      'Documents that this span marks as used for its answer: `index` (from 0) among the documents of span `spanId`, ' +
        'or the id of a document.',
    ),
  embedding: z
    .object({
      texts: z.array(z.string()),
      dimensions: z.int().nullable(),
      count: z.int().nullable(),
    })
    .nullable(),
  tool: z
    .object({
      name: z.string().nullable(),
      callId: z.string().nullable(),
      description: z.string().nullable(),
      type: z.string().nullable(),
      arguments: z.unknown(),
      result: z.unknown(),
      schema: z.unknown(),
    })
    .nullable(),
  prompt: z
    .object({
      name: z.string().nullable(),
      version: z.string().nullable(),
      id: z.string().nullable(),
      template: z.string().nullable(),
      variables: z.unknown(),
    })
    .nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  scores: z.array(score),

  attributes,
  droppedAttributesCount: z.int(),
  events: z.array(
    z.object({
      name: z.string(),
      time: timestamp,
      attributes,
      droppedAttributesCount: z.int(),
    }),
  ),
  droppedEventsCount: z.int(),
  links: z.array(
    z.object({
      traceId: z.string(),
      spanId: z.string(),
      traceState: z.string(),
      attributes,
      droppedAttributesCount: z.int(),
      flags: z.int(),
    }),
  ),
  droppedLinksCount: z.int(),
  resource: z.object({ attributes, droppedAttributesCount: z.int(), schemaUrl: z.string() }),
  scope: z.object({
    name: z.string(),
    version: z.string(),
    attributes,
    droppedAttributesCount: z.int(),
    schemaUrl: z.string(),
  }),
  traceState: z.string(),
  flags: z.int(),
});

export type SpanSummary = z.infer<typeof spanSummary>;
export type SpanDetail = z.infer<typeof spanDetail>;
