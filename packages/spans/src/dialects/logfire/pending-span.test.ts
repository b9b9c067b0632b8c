import { describe, expect, it } from 'vitest';
import { rawSpan } from '../../testing/raw-span.ts';
import { asRunning } from './pending-span.ts';

const pending = (parent: string) => ({
  ...rawSpan({
    name: 'load {file}',
    attributes: { 'logfire.span_type': 'pending_span', 'logfire.pending_parent_id': parent },
  }),
  spanId: '00000000000000aa',
  parentSpanId: '00000000000000bb',
});

describe('a placeholder of Logfire', () => {
  it('becomes the running span that it announces', () => {
    expect(asRunning(pending('00000000000000cc'))).toMatchObject({
      spanId: '00000000000000bb',
      parentSpanId: '00000000000000cc',
      endTimeUnixNano: 0n,
      name: 'load {file}',
    });
  });

  it('the placeholder of a root has no parent', () => {
    expect(asRunning(pending('0000000000000000')).parentSpanId).toBe('');
  });

  it('a placeholder without the id of its span stays unchanged, and so do other spans', () => {
    const broken = { ...pending('00000000000000cc'), parentSpanId: '' };
    expect(asRunning(broken)).toBe(broken);
    const real = rawSpan({ attributes: { 'logfire.span_type': 'span' } });
    expect(asRunning(real)).toBe(real);
  });
});
