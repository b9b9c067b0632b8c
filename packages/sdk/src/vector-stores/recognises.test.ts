import { Client as McpClient2 } from '@modelcontextprotocol/client';
import { Client as McpClient1 } from '@modelcontextprotocol/sdk/client/index.js';
import { McpServer as McpServer1 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpServer as McpServer2 } from '@modelcontextprotocol/server';
import { Pinecone } from '@pinecone-database/pinecone';
import { QdrantClient } from '@qdrant/js-client-rest';
import { ChromaClient } from 'chromadb';
import pg from 'pg';
import { Pinecone as Pinecone8 } from 'pinecone8';
import { expect, it } from 'vitest';
import { requirePrevious } from '../../test-support/previous-major.ts';
import { INTEGRATIONS } from '../register/integrations.ts';

const chroma2 = requirePrevious<{ ChromaClient: typeof ChromaClient }>('chromadb');

/** Many clients have a method `query`. Each must be recognised by its own integration and by no other. */
const info = { name: 'test', version: '1.0.0' };
const index = { name: 'pages', host: 'http://127.0.0.1:9' };
const CLIENTS: readonly (readonly [expected: string, name: string, client: object])[] = [
  ['pgvector', 'pg.Pool', new pg.Pool()],
  ['pgvector', 'pg.Client', new pg.Client()],
  ['pinecone', 'Pinecone 9', new Pinecone({ apiKey: 'any' }).index(index)],
  ['pinecone', 'Pinecone 8', new Pinecone8({ apiKey: 'any' }).index(index)],
  ['chroma', 'Chroma 3', new ChromaClient({ host: '127.0.0.1', port: 9, ssl: false })],
  ['chroma', 'Chroma 2', new chroma2.ChromaClient({ path: 'http://127.0.0.1:9' } as never)],
  ['qdrant', 'Qdrant', new QdrantClient({ url: 'http://127.0.0.1:9', checkCompatibility: false })],
  ['mcp', 'MCP client 1', new McpClient1(info)],
  ['mcp', 'MCP client 2', new McpClient2(info)],
  ['mcp-server', 'MCP server 1', new McpServer1(info)],
  ['mcp-server', 'MCP server 2', new McpServer2(info)],
];

it.each(CLIENTS)('%s recognises %s', (expected, _name, client) => {
  const found = INTEGRATIONS.filter((row) => row.client?.recognises(client)).map(({ name }) => name);
  expect(found[0]).toBe(expected);
  // The same code instruments versions 1 and 2 of the MCP client.
  expect(found.filter((name) => !name.startsWith('mcp'))).toEqual(
    expected.startsWith('mcp') ? [] : [expected],
  );
});

it.each([{}, { query: () => {} }, { connect: () => {}, query: () => {} }, Object.create(null)])(
  'no integration recognises %o',
  (unknown) => {
    expect(INTEGRATIONS.filter((row) => row.client?.recognises(unknown))).toEqual([]);
  },
);
