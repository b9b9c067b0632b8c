import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryRawSpan } from '../testing/otlp/arbitrary-raw-span.ts';
import {
  decodeEvents,
  decodeLinks,
  decodeResource,
  decodeScope,
  encodeEvents,
  encodeLinks,
  encodeResource,
  encodeScope,
} from './payload-codec.ts';

test('events, links, resource and scope of random spans are decoded unchanged', () => {
  fc.assert(
    fc.property(arbitraryRawSpan, ({ events, links, resource, scope }) => {
      expect(decodeEvents(encodeEvents(events))).toEqual(events);
      expect(decodeLinks(encodeLinks(links))).toEqual(links);
      expect(decodeResource(encodeResource(resource))).toEqual(resource);
      expect(decodeScope(encodeScope(scope))).toEqual(scope);
    }),
  );
});

test('empty lists of events and links are encoded as empty text', () => {
  expect([encodeEvents([]), encodeLinks([]), decodeEvents(''), decodeLinks('')]).toEqual(['', '', [], []]);
});
