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
