import { jsonSchemaTransformObject } from 'fastify-type-provider-zod';

export const openapiInfo = {
  openapi: '3.1.0',
  info: {
    title: 'Throughline',
    version: '1',
    description:
      'Traces of LLM applications. Names are camelCase and contain units (`durationMs`, `costUsd`); times are ISO ' +
      '8601 with nanoseconds; unknown values are null, never 0. Errors are problem details (RFC 9457) whose ' +
      '`code` does not change. Spans are sent to `/v1/traces` in OTLP.',
  },
  servers: [{ url: '/' }],
  tags: [
    { name: 'traces', description: 'The steps of an application for one request' },
    { name: 'spans', description: 'Single steps, outside their traces' },
    { name: 'sessions', description: 'Totals over the traces of a session' },
    { name: 'users', description: 'Totals over the traces of a user' },
    { name: 'metrics', description: 'Sums over spans and traces, by dimensions and over time' },
    { name: 'views', description: 'Lists that people saved with their filter, order and columns' },
    { name: 'sql', description: 'SQL on the tables of a project' },
    { name: 'share-links', description: 'Public links, each of which opens one trace' },
    { name: 'projects', description: 'Projects separate the data of applications' },
    { name: 'ingest', description: 'Rejected data' },
    { name: 'live', description: 'Spans and scores as they arrive' },
  ],
};

/**
 * Adds the schemas that have an id to `components`. The library writes each of them twice: for responses (`Problem`) and for
 * requests (`ProblemInput`). Requests refer to the same schema here, and the copies are left out.
 */
export const withComponents: typeof jsonSchemaTransformObject = (document) => {
  const openapi = jsonSchemaTransformObject(document);
  const schemas = 'components' in openapi ? (openapi.components?.schemas ?? {}) : {};
  const names = Object.keys(schemas).filter((name) => Object.hasOwn(schemas, `${name}Input`));
  for (const name of names) delete schemas[`${name}Input`];
  const text = names.reduce(
    (json, name) => json.replaceAll(`"#/components/schemas/${name}Input"`, `"#/components/schemas/${name}"`),
    JSON.stringify(openapi),
  );
  return JSON.parse(text) as typeof openapi;
};
