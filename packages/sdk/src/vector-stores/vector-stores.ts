import type { Integration } from '../patch/integration.ts';
import { chroma } from './chroma.ts';
import { pgvector } from './pgvector.ts';
import { pinecone } from './pinecone.ts';
import { qdrant } from './qdrant.ts';
import { weaviate } from './weaviate.ts';
import { weaviate2 } from './weaviate-2.ts';

/** Vector stores that are traced automatically. */
export const VECTOR_STORES: readonly Integration[] = [
  chroma,
  pgvector,
  pinecone,
  qdrant,
  weaviate,
  weaviate2,
];
