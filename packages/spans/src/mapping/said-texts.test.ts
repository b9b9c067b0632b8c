import { describe, expect, it } from 'vitest';
import { saidTexts } from './said-texts.ts';

const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const questionIn = (input: unknown) => saidTexts({ input: { text: JSON.stringify(input) } }).question;
const answerIn = (output: unknown) => saidTexts({ output: { text: JSON.stringify(output) } }).answer;

describe('the texts of a conversation', () => {
  it('are the last message of the user and the answer, with their line breaks', () => {
    expect(
      saidTexts({
        inputMessages: [text('system', 'Be brief.'), text('user', 'Where\nis it?')],
        outputMessages: [text('assistant', 'On\nits way.')],
      }),
    ).toEqual({ question: 'Where\nis it?', answer: 'On\nits way.' });
  });

  it('are plain texts as they are', () => {
    expect(saidTexts({ input: { text: 'Hello' }, output: { text: '[draft] Hi' } })).toEqual({
      question: 'Hello',
      answer: '[draft] Hi',
    });
    expect(saidTexts({})).toEqual({});
  });

  it('are found in the JSON of a root', () => {
    expect(questionIn({ k: 5, question: 'Where is it?', user: 'u1' })).toBe('Where is it?');
    expect(questionIn({ input: { query: 'nested' } })).toBe('nested');
    expect(questionIn({ anything: 'the only text' })).toBe('the only text');
    expect(answerIn({ answer: 'Here.', sources: ['a'] })).toBe('Here.');
    expect(answerIn('a string')).toBe('a string');
  });

  it('are found in lists of messages, also in those of LangChain', () => {
    const turns = [
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: [{ type: 'text', text: 'second' }] },
      { role: 'tool', content: 'result' },
    ];
    expect(questionIn({ messages: turns })).toBe('second');
    expect(questionIn([['human', 'hi']])).toBe('hi');
    expect(
      answerIn({
        messages: [
          { type: 'human', content: 'q' },
          { type: 'ai', content: 'said' },
        ],
      }),
    ).toBe('said');
  });

  it('are the JSON itself if no text in it stands out', () => {
    const order = { id: 7, lines: [{ sku: 'a', amount: 2 }] };
    expect(questionIn(order)).toBe(JSON.stringify(order));
    expect(saidTexts({ input: { text: '{"question": "cut' } }).question).toBe('{"question": "cut');
    expect(questionIn({ __proto__: 1, constructor: { question: 'x' } })).toBe(
      JSON.stringify({ __proto__: 1, constructor: { question: 'x' } }),
    );
    let deep: unknown = 'x';
    for (let level = 0; level < 50; level++) deep = { input: deep };
    expect(questionIn(deep)).toBe(JSON.stringify(deep));
  });
});
