import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { apiTypesOf } from '../scripts/api-types.ts';
import { startTestServer } from './support/server.ts';

it('the API types match the server (to update them: npm run generate:api -w @throughline/web)', async () => {
  const server = await startTestServer();
  try {
    const committed = await readFile(new URL('../src/api/schema.generated.d.ts', import.meta.url), 'utf8');
    expect(committed).toBe(await apiTypesOf(server.url));
  } finally {
    await server.stop();
  }
});
