import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

export const openapiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Throughline',
    version: '1',
    description:
      'Traces of LLM applications. Names are camelCase with their units (`durationMs`, `costUsd`); times are ISO ' +
      '8601 with nanoseconds; what is not known is null, never 0. Errors are problem details (RFC 9457) whose ' +
      '`code` does not change. Spans are sent to `/v1/traces` in OTLP.',
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'traces', description: 'What an application did for one request' },
    { name: 'projects', description: 'Where spans are kept apart' },
    { name: 'ingest', description: 'What was sent and not kept' },
    { name: 'live', description: 'Spans as they come' },
  ],
};

/**
 * Adds the schemas that have an id to `components`. Each is added once for requests (`ProblemInput`) and once for
 * responses (`Problem`); those that no operation refers to are left out.
 */
export const withComponents: typeof jsonSchemaTransformObject = (document) => {
  const openapi = jsonSchemaTransformObject(document);
  const schemas = 'components' in openapi ? openapi.components?.schemas : undefined;
  for (const name of Object.keys(schemas ?? {})) {
    const isCopy = name.endsWith('Input') && Object.hasOwn(schemas ?? {}, name.slice(0, -'Input'.length));
    if (isCopy) delete schemas?.[name];
  }
  return openapi;
};
