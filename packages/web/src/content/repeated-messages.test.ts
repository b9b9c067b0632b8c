import { describe, expect, it } from 'vitest';
import { countRepeated } from './repeated-messages.ts';

const say = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const asked = [say('system', 'be brief'), say('user', 'hi')];
const answer = { ...say('assistant', 'hello'), finish_reason: 'stop' };

describe('messages of the call before', () => {
  it('are those that both calls begin with, its answer among them', () => {
    expect(
      countRepeated([...asked, answer], [...asked, say('assistant', 'hello'), say('user', 'more')]),
    ).toBe(3);
  });

  it('end where the calls differ', () => {
    expect(countRepeated(asked, [say('system', 'be brief'), say('user', 'ho')])).toBe(1);
    expect(countRepeated(asked, [say('user', 'hi')])).toBe(0);
    expect(countRepeated([], asked)).toBe(0);
    expect(countRepeated(asked, asked)).toBe(2);
  });
});
