import { createHash } from 'node:crypto';

/**
 * A project as SDKs expect it. LangSmith calls it a session. Its id is derived from the name, because SDKs require a UUID
 * and a project of Throughline has only a name.
 */
export function projectRecord(name: string) {
  return {
    id: uuidOf(`project ${name}`),
    tenant_id: uuidOf('tenant'),
    name,
    start_time: '1970-01-01T00:00:00.000Z',
    extra: {},
    reference_dataset_id: null,
  };
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  // Version 8 of RFC 9562: the content is defined by the application.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
