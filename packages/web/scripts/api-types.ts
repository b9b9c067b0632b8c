import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

/** The text of `src/api/schema.generated.d.ts` for the API that a server describes. */
export async function apiTypesOf(serverUrl: string): Promise<string> {
  return COMMENT_HEADER + astToString(await openapiTS(new URL('/api/v1/openapi.json', serverUrl)));
}
