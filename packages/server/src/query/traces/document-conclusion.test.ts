import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const START = 1_795_000_000_000_000_000n;
const RETURNS =
  'Items can be returned within thirty days of delivery if they are unused and in their original box.';
const REFUNDS =
  'Refunds reach the card that was charged after five working days, or after ten days for transfers.';

/** A search that found two documents, and a model call that got only `given`. */
function ragTrace(traceId: string, given: string) {
  const documents = [
    { id: 'refunds', content: REFUNDS, score: 0.4 },
    { id: 'returns', content: RETURNS, score: 0.9 },
  ];
  return [
    rawSpan({
      traceId,
      spanId: 'b'.repeat(16),
      name: 'search',
      startTimeUnixNano: START,
      endTimeUnixNano: START + 900_000_000n,
      attributes: {
        'openinference.span.kind': 'RETRIEVER',
        'gen_ai.retrieval.documents': JSON.stringify(documents),
      },
    }),
    rawSpan({
      traceId,
      spanId: 'c'.repeat(16),
      name: 'chat',
      startTimeUnixNano: START + 900_000_000n,
      endTimeUnixNano: START + 1_000_000_000n,
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.input.messages': JSON.stringify([
          { role: 'user', parts: [{ type: 'text', content: `Answer with this:\n\n${given}` }] },
        ]),
        'gen_ai.output.messages': JSON.stringify([
          { role: 'assistant', parts: [{ type: 'text', content: 'I do not know.' }] },
        ]),
      },
    }),
  ];
}

describe('the conclusion about the documents of a trace', () => {
  beforeAll(async () => {
    await server.send('rag', [...ragTrace('1'.repeat(32), REFUNDS), ...ragTrace('2'.repeat(32), RETURNS)]);
  });
  const sentencesOf = async (traceId: string, path: string) => {
    const response = await fetch(`${server.url}/api/v1/traces/${traceId}${path}?project=rag`);
    const body = (await response.json()) as {
      conclusion?: never;
      sentences: { topic: string; text: string }[];
    };
    const { sentences } = body.conclusion ?? body;
    return sentences.filter(({ topic }) => topic === 'documents').map(({ text }) => text);
  };

  it('says that the best document never reached a prompt, with the trace and on its own', async () => {
    const says = ['The best document of search (returns, score 0.9) never reached a prompt; 1 of 2 did.'];
    expect(await sentencesOf('1'.repeat(32), '')).toEqual(says);
    expect(await sentencesOf('1'.repeat(32), '/conclusion')).toEqual(says);
  });

  it('says nothing if it did', async () => {
    expect(await sentencesOf('2'.repeat(32), '/conclusion')).toEqual([]);
  });

  it('is part of the text', async () => {
    const response = await fetch(`${server.url}/api/v1/traces/${'1'.repeat(32)}?project=rag`, {
      headers: { accept: 'text/plain' },
    });
    expect((await response.text()).split('\n')[0]).toBe(
      'search took 900 ms of 1.00 s (90 %). The best document of search (returns, score 0.9) never reached a prompt; 1 of 2 did.',
    );
  });
});
