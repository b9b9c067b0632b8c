import { decodeMessagesRequest } from '../anthropic/decode-request.ts';
import { anthropicEvents, anthropicMessage } from '../anthropic/messages.ts';
import { complete } from '../completion.ts';
import { type Endpoint, type ServerContext, sendJson } from '../context.ts';
import { cutConnection } from '../cut-connection.ts';
import { isRecord, type JsonRecord, readCount, readRecord, readString } from '../decode.ts';
import { embed } from '../embedding.ts';
import { requireModel } from '../models.ts';
import { plainRequest } from '../plain-request.ts';
import { pauseForWhole, type StreamEvent, sendEvents } from '../sse.ts';
import { countTokens, splitIntoChunks } from '../tokens.ts';
import { conversation, streamError } from './converse.ts';
import { EVENT_STREAM } from './event-stream.ts';

/** The response to a vendor's body, complete and as chunks. */
interface Invocation {
  readonly completion: ReturnType<typeof complete>;
  readonly answer: unknown;
  readonly chunks: readonly { readonly data: unknown; readonly generated: boolean }[];
}

/** `POST /model/{id}/invoke` and `/invoke-with-response-stream`, in the formats of Anthropic, Titan and Nova. */
export const invokeModel: Endpoint = async (body, response, context, [model = '', method = '']) => {
  requireModel('bedrock', model);
  const fields = readRecord(body, 'body');
  if (/embed/.test(model)) {
    const text = readString(fields.inputText, 'inputText');
    await context.decide(plainRequest('converse', model, text));
    const dimensions = readCount(fields.dimensions, 'dimensions') ?? 1024;
    sendJson(response, 200, { embedding: embed(text, dimensions), inputTextTokenCount: countTokens(text) });
    return;
  }
  const make = 'inputText' in fields ? titan : model.includes('nova') ? nova : claude;
  const stream = method === 'invoke-with-response-stream';
  const { completion, answer, chunks } = await make(model, fields, context, stream);
  if (stream) {
    const metrics = { inputTokenCount: completion.inputTokens, outputTokenCount: completion.outputTokens };
    const events = chunks.map(
      ({ data, generated }, index): StreamEvent => ({
        event: 'chunk',
        data: {
          bytes: base64(
            index === chunks.length - 1 && isRecord(data)
              ? { ...data, 'amazon-bedrock-invocationMetrics': metrics }
              : data,
          ),
        },
        generated,
      }),
    );
    await sendEvents(response, events, completion, streamError, EVENT_STREAM);
    return;
  }
  await pauseForWhole(completion);
  if (cutConnection(response, completion)) return;
  sendJson(response, 200, answer);
};

async function claude(model: string, fields: JsonRecord, context: ServerContext): Promise<Invocation> {
  const known = 'claude-sonnet-4-20250514';
  const request = decodeMessagesRequest({ ...fields, model: known });
  const completion = complete(
    request,
    await context.decide({ ...request, model }),
    context.pace,
    context.nextId,
  );
  const message = anthropicMessage(fields, { ...request, model: known }, completion, context);
  return {
    completion,
    answer: message,
    chunks: anthropicEvents(message, completion).map(({ data, generated }) => ({
      data,
      generated: generated === true,
    })),
  };
}

async function nova(
  model: string,
  fields: JsonRecord,
  context: ServerContext,
  stream: boolean,
): Promise<Invocation> {
  const { completion, answer, events } = await conversation(model, fields, stream, context);
  return {
    completion,
    answer,
    chunks: events.map(({ event = '', data, generated }) => ({
      data: { [event]: data },
      generated: generated === true,
    })),
  };
}

async function titan(model: string, fields: JsonRecord, context: ServerContext): Promise<Invocation> {
  const text = readString(fields.inputText, 'inputText');
  const request = plainRequest('converse', model, text);
  const completion = complete(request, await context.decide(request), context.pace, context.nextId);
  const counts = { inputTextTokenCount: completion.inputTokens };
  const pieces = splitIntoChunks(completion.text);
  return {
    completion,
    answer: {
      ...counts,
      results: [
        { tokenCount: completion.outputTokens, outputText: completion.text, completionReason: 'FINISH' },
      ],
    },
    chunks: pieces.map((outputText, index) => ({
      data: {
        outputText,
        index: 0,
        ...counts,
        ...(index === pieces.length - 1 && {
          completionReason: 'FINISH',
          totalOutputTextTokenCount: completion.outputTokens,
        }),
      },
      generated: true,
    })),
  };
}

function base64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}
