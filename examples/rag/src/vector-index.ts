import { DatabaseSync } from 'node:sqlite';
import * as sqliteVec from 'sqlite-vec';
import type { Passage } from './handbook.ts';

export interface FoundPassage extends Passage {
  /** Cosine similarity, 1 for the same direction. */
  readonly score: number;
}

/** An in-memory SQLite index of passages and their vectors. Vectors have unit length. */
export interface VectorIndex {
  add(passages: readonly Passage[], vectors: readonly (readonly number[])[]): void;
  /** Returns the most similar passages, best first. */
  search(vector: readonly number[], limit: number): FoundPassage[];
  close(): void;
}

export function openVectorIndex(dimensions: number): VectorIndex {
  const database = new DatabaseSync(':memory:', { allowExtension: true });
  sqliteVec.load(database);
  database.enableLoadExtension(false);
  database.exec(`
    CREATE TABLE passages (rowid INTEGER PRIMARY KEY, id TEXT UNIQUE, title TEXT, text TEXT);
    CREATE VIRTUAL TABLE vectors USING vec0(embedding float[${dimensions}] distance_metric=cosine);
  `);
  const insertPassage = database.prepare('INSERT INTO passages (rowid, id, title, text) VALUES (?, ?, ?, ?)');
  const insertVector = database.prepare('INSERT INTO vectors (rowid, embedding) VALUES (?, ?)');
  const nearest = database.prepare(`
    SELECT p.id, p.title, p.text, v.distance
    FROM (SELECT rowid, distance FROM vectors WHERE embedding MATCH ? AND k = ?) v
    JOIN passages p ON p.rowid = v.rowid
    ORDER BY v.distance
  `);
  return {
    add(passages, vectors) {
      passages.forEach((passage, index) => {
        const rowid = BigInt(index + 1);
        insertPassage.run(rowid, passage.id, passage.title, passage.text);
        insertVector.run(rowid, toBytes(vectors[index] ?? []));
      });
    },
    search(vector, limit) {
      return nearest.all(toBytes(vector), limit).map((row) => ({
        id: String(row.id),
        title: String(row.title),
        text: String(row.text),
        score: 1 - Number(row.distance),
      }));
    },
    close: () => database.close(),
  };
}

function toBytes(vector: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(vector).buffer);
}
