import { type Completion, complete, promptText } from '../completion.ts';
import { type Endpoint, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import { readRecord } from '../decode.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { splitIntoChunks } from '../tokens.ts';
import { decodeGenerateRequest } from './decode-request.ts';

const FINISH: Readonly<Record<Completion['finish'], string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  // Gemini reports STOP for tool calls too.
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
};

/** `POST /v1beta/models/{model}:generateContent` and `:streamGenerateContent`. */
export const generateContent: Endpoint = async (body, response, context, [model = '', method = '']) => {
  const stream = method === 'streamGenerateContent';
  const request = decodeGenerateRequest(model, readRecord(body, 'body'), stream);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const cachedTokens = context.cache.readPrefix(model, promptText(request));
  const usageMetadata = {
    promptTokenCount: completion.inputTokens,
    // Gemini counts thoughts separately.
    candidatesTokenCount: completion.outputTokens - completion.reasoningTokens,
    ...(completion.reasoningTokens > 0 && { thoughtsTokenCount: completion.reasoningTokens }),
    ...(cachedTokens > 0 && { cachedContentTokenCount: cachedTokens }),
    totalTokenCount: completion.inputTokens + completion.outputTokens,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: completion.inputTokens }],
  };
  const head = { modelVersion: model, responseId: context.nextId('resp') };
  const finishReason = FINISH[completion.finish];
  if (stream) {
    const pieces = chunkParts(completion);
    const events = pieces.map(
      (part, index): StreamEvent => ({
        data: {
          candidates: [
            {
              content: { role: 'model', parts: [part] },
              index: 0,
              ...(index === pieces.length - 1 && { finishReason }),
            },
          ],
          usageMetadata:
            index === pieces.length - 1 ? usageMetadata : { promptTokenCount: completion.inputTokens },
          ...head,
        },
        generated: true,
      }),
    );
    await sendEvents(response, events, completion, (message) => ({
      data: { error: { code: 503, message, status: 'UNAVAILABLE' } },
    }));
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  sendJson(response, 200, {
    candidates: [{ content: { role: 'model', parts: wholeParts(completion) }, finishReason, index: 0 }],
    usageMetadata,
    ...head,
  });
};

function wholeParts({ reasoning, text, toolCalls }: Completion): unknown[] {
  return [
    ...(reasoning === '' ? [] : [{ text: reasoning, thought: true }]),
    ...(text === '' ? [] : [{ text }]),
    ...toolCalls.map(({ id, name, arguments: args }) => ({ functionCall: { id, name, args } })),
  ];
}

function chunkParts({ reasoning, text, toolCalls }: Completion): unknown[] {
  const pieces = [
    ...splitIntoChunks(reasoning).map((piece) => ({ text: piece, thought: true })),
    ...splitIntoChunks(text).map((piece) => ({ text: piece })),
    ...toolCalls.map(({ id, name, arguments: args }) => ({ functionCall: { id, name, args } })),
  ];
  return pieces.length > 0 ? pieces : [{ text: '' }];
}
