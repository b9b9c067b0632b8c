/** For tests: generates random spans that OTLP can represent and that are accepted. */
import type { RawSpan } from '@throughline/spans';
import fc from 'fast-check';
import {
  anyText,
  arbitraryResource,
  arbitraryScope,
  attributes,
  hexId,
  time,
  uint32,
} from './arbitrary-values.ts';

export const arbitraryRawSpan: fc.Arbitrary<RawSpan> = fc.record({
  traceId: hexId(32),
  spanId: hexId(16),
  parentSpanId: fc.oneof(fc.constant(''), hexId(16)),
  traceState: anyText,
  flags: uint32,
  name: anyText,
  otelKind: fc.constantFrom('unspecified', 'internal', 'server', 'client', 'producer', 'consumer'),
  startTimeUnixNano: time,
  endTimeUnixNano: fc.oneof(fc.constant(0n), time),
  attributes,
  droppedAttributesCount: uint32,
  events: fc.array(
    fc.record({ name: anyText, timeUnixNano: time, attributes, droppedAttributesCount: uint32 }),
    { maxLength: 2 },
  ),
  droppedEventsCount: uint32,
  links: fc.array(
    fc.record({
      traceId: hexId(32),
      spanId: hexId(16),
      traceState: anyText,
      attributes,
      droppedAttributesCount: uint32,
      flags: uint32,
    }),
    { maxLength: 2 },
  ),
  droppedLinksCount: uint32,
  statusCode: fc.constantFrom('unset', 'ok', 'error'),
  statusMessage: anyText,
  resource: arbitraryResource,
  scope: arbitraryScope,
});
