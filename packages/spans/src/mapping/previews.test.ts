import { cpuMsOf } from '@throughline/tests/cpu-time';
import { describe, expect, it } from 'vitest';
import { previews } from './previews.ts';

const text = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });

describe('previews', () => {
  it('show the last user message and the answer', () => {
    const conversation = {
      inputMessages: [
        text('system', 'Be brief.'),
        text('user', 'first'),
        text('assistant', 'a'),
        text('user', 'second'),
      ],
      outputMessages: [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', content: 'hm' },
            { type: 'text', content: 'answer' },
          ],
        },
      ],
    };
    expect(previews(conversation)).toEqual({ input: 'second', output: 'answer' });
  });

  it('show the last user message even if tool results follow it', () => {
    const tool = { role: 'tool', parts: [{ type: 'tool_call_response', response: { a: 1 } }] };
    expect(previews({ inputMessages: [text('user', 'question'), tool] })).toEqual({ input: 'question' });
  });

  it('show the tool call if the answer has no text', () => {
    const call = { role: 'assistant', parts: [{ type: 'tool_call', name: 'search', arguments: { q: 'x' } }] };
    expect(previews({ outputMessages: [call] })).toEqual({ output: 'search({"q":"x"})' });
  });

  it('show arguments, results, queries, documents and texts', () => {
    expect(previews({ tool: { arguments: { a: 1 }, result: 'ok' } })).toEqual({
      input: '{"a":1}',
      output: 'ok',
    });
    expect(previews({ retrieval: { query: 'q', documents: [{ id: '1' }, { content: 'text' }] } })).toEqual({
      input: 'q',
      output: 'text',
    });
    expect(previews({ embedding: { texts: ['', 'a'] } })).toEqual({ input: 'a' });
    expect(previews({ input: { text: 'in' }, output: { text: 'out' } })).toEqual({
      input: 'in',
      output: 'out',
    });
    expect(previews({})).toEqual({});
  });

  it('have one line and at most 200 characters', () => {
    expect(previews({ input: { text: '  a\n\n b\t c  ' } })).toEqual({ input: 'a b c' });
    expect(previews({ input: { text: ' \n ' } })).toEqual({});
    expect(previews({ input: { text: 'x'.repeat(500) } }).input).toBe('x'.repeat(200));
    expect(previews({ input: { text: `${'x '.repeat(150)}` } }).input).toHaveLength(199);
    const spread = Array.from({ length: 300 }, (_, n) => `w${n}`).join(' '.repeat(700));
    expect(previews({ input: { text: spread } }).input).toBe(
      spread.replace(/ +/g, ' ').slice(0, 200).trimEnd(),
    );
  });

  it('are not cut inside a surrogate pair', () => {
    expect(previews({ input: { text: `${'x'.repeat(199)}😀` } }).input).toBe('x'.repeat(199));
    expect(previews({ input: { text: `${'x'.repeat(198)}😀y` } }).input).toBe(`${'x'.repeat(198)}😀`);
  });

  it('the preview of a text of 50 MB takes little processor time', () => {
    const texts = ['word '.repeat(10_000_000), ' '.repeat(50_000_000)];
    const taken = cpuMsOf(() => {
      expect(texts.map((text) => previews({ input: { text } }).input?.length)).toEqual([199, undefined]);
    });
    expect(taken).toBeLessThan(5_000);
  });
});
