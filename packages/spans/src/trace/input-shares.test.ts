import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, MessagePart } from '../model/messages.ts';
import { type GivenDocument, inputShares } from './input-shares.ts';

const text = (role: string, content: string): Message => ({ role, parts: [{ type: 'text', content }] });
const RETURNS =
  'Items can be returned within thirty days of delivery if they are unused and in their original box.';
const SHIPPING =
  'Orders above forty euros ship for free to every country of the union, others cost four euros.';
const document = (index: number, content: string): GivenDocument => ({
  spanId: 'search',
  index,
  id: `d${index}`,
  content,
});
const sharesOf = (
  messages: readonly Message[],
  documents: readonly GivenDocument[] = [],
  reported: number | null = null,
) => inputShares({ inputMessages: messages }, documents, reported);
const classesOf = (...args: Parameters<typeof sharesOf>) =>
  Object.fromEntries(sharesOf(...args).classes.map((each) => [each.class, each.tokens]));

describe('where the input of a model call went', () => {
  it('is instructions, history, results of tools and the last message of the user', () => {
    const result: MessagePart = { type: 'tool_call_response', id: '1', response: { days: [1, 2, 3, 4] } };
    const classes = classesOf([
      text('system', 'Be brief and polite.'),
      text('user', 'The first question was long.'),
      text('assistant', 'So was the answer.'),
      text('user', 'And now?'),
      { role: 'tool', parts: [result] },
    ]);
    expect(Object.keys(classes)).toEqual(['instructions', 'history', 'results', 'user']);
    expect(classes.history).toBeGreaterThan(classes.user ?? 0);
  });

  it('counts a document of the trace as context, wherever the prompt has it, and only once', () => {
    const shares = sharesOf(
      [
        text('system', `Answer from this.\n\n${RETURNS}`),
        text('user', `${RETURNS} How long can I return it?`),
      ],
      [document(0, SHIPPING), document(1, RETURNS)],
    );
    expect(shares.documents.map(({ promptTokens }) => promptTokens > 0)).toEqual([false, true]);
    expect(shares.passages.filter((passage) => passage.class === 'context')).toHaveLength(1);
    expect(shares.passages.find(({ document: each }) => each)?.preview).toBe(RETURNS);
  });

  it('says whether the answer repeats a document', () => {
    const { documents } = inputShares(
      {
        inputMessages: [text('user', RETURNS)],
        outputMessages: [text('assistant', 'Items can be returned within thirty days of delivery.')],
      },
      [document(0, RETURNS), document(1, SHIPPING)],
      null,
    );
    expect(documents.map(({ echoed }) => echoed)).toEqual([true, false]);
  });

  it('counts tool definitions, and the tokens that texts leave for an image', () => {
    const image: MessagePart = { type: 'uri', modality: 'image', uri: 'https://example.com/a.png' };
    const { classes } = inputShares(
      {
        inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'What is this?' }, image] }],
        toolDefinitions: [{ name: 'search', description: 'Searches the documents' }],
      },
      [],
      1000,
    );
    expect(classes.map((each) => each.class)).toEqual(['tools', 'user', 'media']);
    expect(classes.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(1000);
    expect(classes.at(-1)?.tokens).toBeGreaterThan(900);
  });

  it('adds up to the reported tokens, except for rounding', () => {
    const message = fc.record({
      role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
      content: fc.string({ minLength: 1, maxLength: 80 }),
    });
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 12 }),
        fc.nat(50_000),
        (messages, reported) => {
          const { totalTokens, classes, passages } = sharesOf(
            messages.map(({ role, content }) => text(role, content)),
            [],
            reported,
          );
          expect(Math.abs(totalTokens - reported)).toBeLessThanOrEqual(messages.length);
          expect(classes.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(totalTokens);
          expect(passages.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(totalTokens);
        },
      ),
    );
    expect(sharesOf([])).toEqual({ classes: [], passages: [], documents: [], totalTokens: 0 });
  });
});
