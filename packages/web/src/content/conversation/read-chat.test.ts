import { describe, expect, it } from 'vitest';
import { parseJsonText, readChat } from './read-chat.ts';

describe('conversations in plain inputs', () => {
  it('reads a list of messages with role and content', () => {
    expect(
      readChat([
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: null },
      ]),
    ).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
      { role: 'assistant', parts: [] },
    ]);
  });

  it('reads messages under the key "messages", with content in parts', () => {
    expect(
      readChat({ messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }, 'there', 7] }] }),
    ).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', content: 'hi' },
          { type: 'text', content: 'there' },
          { type: 'json', value: 7 },
        ],
      },
    ]);
  });

  it.each([
    [[]],
    [{}],
    ['text'],
    [null],
    [[{ role: 1, content: 'x' }]],
    [[{ content: 'x' }]],
    [[{ role: 'user', content: 5 }]],
  ])('does not read %j as a conversation', (value) => {
    expect(readChat(value)).toBeNull();
  });

  it('parses only objects and arrays as JSON', () => {
    expect(parseJsonText(' {"a":1}')).toEqual({ a: 1 });
    expect(parseJsonText('[1')).toBeUndefined();
    expect(parseJsonText('7')).toBeUndefined();
    expect(parseJsonText(`[${'1,'.repeat(1_500_000)}1]`)).toBeUndefined();
  });
});
