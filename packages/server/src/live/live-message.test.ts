import { expect, it } from 'vitest';
import type { LiveEvent } from '../contract/live.ts';
import { laggedMessage, spansMessage } from './live-message.ts';

const span = (name: string) => ({ name }) as LiveEvent['spans'][number];
const decode = (bytes: Uint8Array) => {
  const [, name, data] = /^event: (\w+)\ndata: (.*)\n\n$/.exec(Buffer.from(bytes).toString()) ?? [];
  return { name, data: JSON.parse(data ?? 'null') as unknown };
};

it('a message contains its rows in order and their number', () => {
  const message = spansMessage([span('first'), span('line\nbreak')], 5);
  expect(decode(message.bytes)).toEqual({
    name: 'spans',
    data: { spans: [{ name: 'first' }, { name: 'line\nbreak' }], more: 5 },
  });
  expect(message.spans).toBe(7);
});

it('a message is smaller than a megabyte: the oldest rows are left out and counted', () => {
  const rows = Array.from({ length: 500 }, (_, index) => span(`${index} ${'x'.repeat(10_000)}`));
  const message = spansMessage(rows, 2);
  expect(message.bytes.length).toBeLessThan(1_100_000);
  const { spans, more } = decode(message.bytes).data as LiveEvent;
  expect(spans.at(-1)?.name).toBe(rows.at(-1)?.name);
  expect(spans.length + more).toBe(502);
  expect(message.spans).toBe(502);
});

it('a lagged message can report missing rows without their number', () => {
  expect(decode(laggedMessage({ spans: null, scores: null }).bytes)).toEqual({
    name: 'lagged',
    data: { spans: null, scores: null },
  });
});
