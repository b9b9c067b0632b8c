import { type Endpoint, sendJson } from '../context.ts';
import { readRecord, readString } from '../decode.ts';

/** `POST /v1/batches`. Batches never run. https://platform.openai.com/docs/api-reference/batch */
export const createBatch: Endpoint = async (body, response, context) => {
  const fields = readRecord(body, 'body');
  const endpoint = readString(fields.endpoint, 'endpoint');
  sendJson(response, 200, {
    ...batch(context.nextId('batch'), 'validating'),
    endpoint,
    input_file_id: readString(fields.input_file_id, 'input_file_id'),
  });
};

/** `GET /v1/batches/{id}` */
export const readBatch: Endpoint = async (_, response, _context, [id = '']) => {
  sendJson(response, 200, batch(id, 'completed'));
};

/** `POST /v1/batches/{id}/cancel` */
export const cancelBatch: Endpoint = async (_, response, _context, [id = '']) => {
  sendJson(response, 200, batch(id, 'cancelling'));
};

function batch(id: string, status: string) {
  return {
    id,
    object: 'batch',
    endpoint: '/v1/chat/completions',
    input_file_id: 'file_000001',
    completion_window: '24h',
    status,
    created_at: 1_735_689_600,
    request_counts: { total: 2, completed: status === 'completed' ? 2 : 0, failed: 0 },
  };
}
