// Regenerates src/api/schema.generated.d.ts: `npm run generate:api -w @throughline/web`. Commit the result.
import { writeFile } from 'node:fs/promises';
import { startTestServer } from '../e2e/support/server.ts';
import { apiTypesOf } from './api-types.ts';

const server = await startTestServer();
try {
  await writeFile(new URL('../src/api/schema.generated.d.ts', import.meta.url), await apiTypesOf(server.url));
} finally {
  await server.stop();
}
