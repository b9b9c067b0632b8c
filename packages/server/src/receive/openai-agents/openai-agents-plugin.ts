import type { FastifyInstance } from 'fastify';
import { ThroughlineError } from '../../errors/errors.ts';
import type { SpanPatch } from '../../ingest/patches/span-patch.ts';
import { projectOfHeaders } from '../../project/project-of-request.ts';
import { describe, field, InvalidItem, isFields, textField } from '../sdk-http/field-readers.ts';
import { jsonOf } from '../sdk-http/sdk-body.ts';
import {
  asSdkEndpoint,
  type ItemError,
  patchRequestOf,
  reportItemErrors,
  type SdkParts,
  sendJson,
} from '../sdk-http/sdk-endpoint.ts';
import { patchOfItem, rootOf } from './patch-of-item.ts';

const PATH = '/v1/traces/ingest';

/**
 * The traces of the OpenAI Agents SDK, as its own exporter sends them to OpenAI.
 * Source: openai/openai-agents-js `packages/agents-openai/src/openaiTracingExporter.ts`.
 */
export async function openAiAgentsPlugin(app: FastifyInstance, parts: SdkParts): Promise<void> {
  const errorBody = ({ message, code }: ThroughlineError) => ({ error: { message, code } });
  asSdkEndpoint(app, { errorBody, recording: new Set([PATH]) }, parts);

  app.post(PATH, { bodyLimit: parts.maxBodyBytes }, async (request, reply) => {
    const body = await jsonOf(request);
    const data = isFields(body) ? field(body, 'data') : undefined;
    if (!Array.isArray(data))
      throw new ThroughlineError(
        'malformed-body',
        `data is ${describe(data)}, expected a list of traces and spans`,
      );
    const project = projectOfHeaders(request.headers);
    const errors: ItemError[] = [];
    const patches = data.flatMap((item): SpanPatch[] => {
      try {
        if (!isFields(item)) throw new InvalidItem(`the item is ${describe(item)}, expected an object`);
        const patch = patchOfItem(item, project);
        const root = rootOf(patch);
        return root ? [patch, root] : [patch];
      } catch (error) {
        if (!(error instanceof InvalidItem)) throw error;
        errors.push({ id: (isFields(item) && textField(item, 'id')) || '', message: error.message });
        return [];
      }
    });
    if (patches.length > 0) await parts.acceptPatches(patches, patchRequestOf(request));
    reportItemErrors(parts, request, errors);
    return sendJson(reply, 200, errors.length === 0 ? {} : { errors });
  });
}
