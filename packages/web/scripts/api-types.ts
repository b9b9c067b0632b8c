import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript';

/** Generates the text of `src/api/schema.generated.d.ts` from a server's OpenAPI document. */
export async function apiTypesOf(serverUrl: string): Promise<string> {
  return COMMENT_HEADER + astToString(await openapiTS(new URL('/api/v1/openapi.json', serverUrl)));
}
