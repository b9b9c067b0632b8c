import { DEFAULT_RULES } from '@throughline/privacy';
import {
  type Attributes,
  type AttributeValue,
  attributesToJson,
  DoubleValue,
  type RawSpan,
} from '@throughline/spans';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arbitraryRawSpan } from '../../testing/otlp/arbitrary-raw-span.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { AttributeRedactor } from './redact-attributes.ts';
import { REDACT_NAMES } from './redact-names.ts';
import { redactRawSpan } from './redact-raw-span.ts';
import { redactRules } from './redact-rules.ts';

const all = () => new AttributeRedactor(DEFAULT_RULES);
const json = (attributes: Record<string, AttributeValue>, redactor = all()) =>
  attributesToJson(redactor.attributes(new Map(Object.entries(attributes))));

test('the names in the setting are the names of the rules', () => {
  expect(REDACT_NAMES).toEqual(DEFAULT_RULES.map(({ id }) => id));
  expect(redactRules(['phone', 'email']).map(({ id }) => id)).toEqual(['email', 'phone']);
});

test('texts, numbers and keys are redacted at every depth, and counted by rule', () => {
  const redactor = all();
  const given = {
    'input.value': 'Write to ada@example.com, then to bob@example.com',
    nested: new Map<string, AttributeValue>([
      ['list', ['4242 4242 4242 4242', new Map([['ada@example.com', 1]])]],
    ]),
    card: 4242424242424242,
    exactly: new DoubleValue(4242424242424242),
    'http.request.header.authorization': ['Basic x', 'y'],
    'user.phone': '60-56-85-91',
    'gen_ai.tool.call.arguments': '{"password":"hunter2","n":1}',
  };
  expect(json(given, redactor)).toEqual({
    'input.value': 'Write to [EMAIL], then to [EMAIL]',
    nested: { list: ['[CARD]', { '[EMAIL]': 1 }] },
    card: '[CARD]',
    exactly: '[CARD]',
    'http.request.header.authorization': '[SECRET]',
    'user.phone': '[PHONE]',
    'gen_ai.tool.call.arguments': '{"password":"[SECRET]","n":1}',
  });
  expect(redactor.takeCounts()).toEqual({
    email: 3,
    'payment-card': 3,
    'sensitive-key': 2,
    phone: 1,
  });
  expect(redactor.takeCounts()).toEqual({});
});

test('models, ids, counts, times and values that are not text are not redacted', () => {
  const given = {
    'gen_ai.request.model': 'acme-4242424242424242',
    'gen_ai.response.id': 'resp 4242 4242 4242 4242',
    'gen_ai.tool.call.id': '4242424242424242',
    'llm.output_messages.0.message.tool_calls.0.tool_call.id': '4242424242424242',
    'gen_ai.usage.input_tokens': 4242424242424242,
    'llm.token_count.prompt': 4242424242424242,
    started: 1795000000123,
    flag: true,
    nothing: null,
    bytes: Buffer.from('ada@example.com'),
    'throughline.project': 'ada@example.com',
    schema: new Map<string, AttributeValue>([['password', new Map([['type', 'string']])]]),
  };
  const attributes: Attributes = new Map(Object.entries(given));
  expect(all().attributes(attributes)).toBe(attributes);
});

test('two redacted keys remain two attributes in the same order', () => {
  const redacted = all().attributes(
    new Map([
      ['a@x.com', 1],
      ['mid', 2],
      ['b@x.com', 3],
    ]),
  );
  expect([...redacted]).toEqual([
    ['[EMAIL]', 1],
    ['mid', 2],
    ['[EMAIL] 1', 3],
  ]);
});

test('only the configured rules apply', () => {
  const redactor = new AttributeRedactor(redactRules(['email']));
  expect(json({ text: 'ada@example.com 4242 4242 4242 4242', password: 'x' }, redactor)).toEqual({
    text: '[EMAIL] 4242 4242 4242 4242',
    password: 'x',
  });
});

test('every text of a span is redacted, and a resource only once for all its spans', () => {
  const secret = 'ada@example.com';
  const attributes = { a: secret };
  const span: RawSpan = {
    ...rawSpan({ name: secret, attributes }),
    statusMessage: secret,
    resource: { attributes: new Map(Object.entries(attributes)), droppedAttributesCount: 0, schemaUrl: '' },
    events: [
      {
        name: secret,
        timeUnixNano: 1n,
        attributes: new Map(Object.entries(attributes)),
        droppedAttributesCount: 0,
      },
    ],
  };
  const redactor = all();
  const [first, second] = [redactRawSpan(redactor, span), redactRawSpan(redactor, span)];
  expect(first.resource).toBe(second.resource);
  const text = JSON.stringify(first, (_key, value: unknown) =>
    value instanceof Map ? [...value] : typeof value === 'bigint' ? String(value) : value,
  );
  expect(text).not.toContain(secret);
  expect(text.match(/\[EMAIL\]/g)).toHaveLength(6);
});

/** The parts of a span that redaction must not change. */
function shapeOf(span: RawSpan): unknown {
  const shape = (value: AttributeValue): unknown => {
    if (value instanceof Map) return Array.from(value.values(), shape);
    if (Array.isArray(value)) return value.map(shape);
    if (value instanceof Uint8Array || value === null || typeof value === 'boolean') return value;
    return 'leaf';
  };
  const { name: _name, statusMessage: _message, attributes, events, links, resource, scope, ...rest } = span;
  return {
    ...rest,
    attributes: shape(attributes),
    events: events.map(({ name: _name, attributes, ...event }) => [event, shape(attributes)]),
    links: links.map(({ attributes, ...link }) => [link, shape(attributes)]),
    resource: [shape(resource.attributes), resource.droppedAttributesCount],
    scope: [shape(scope.attributes), scope.version, scope.droppedAttributesCount],
  };
}

test('redaction keeps ids, times and structure, and finds nothing in its own result', () => {
  const redactor = new AttributeRedactor(
    redactRules(['email', 'iban', 'payment-card', 'us-ssn', 'ipv4', 'ipv6', 'phone', 'jwt', 'api-key']),
  );
  fc.assert(
    fc.property(arbitraryRawSpan, (span) => {
      const redacted = redactRawSpan(redactor, span);
      expect(shapeOf(redacted)).toEqual(shapeOf(span));
      redactor.takeCounts();
      expect(redactRawSpan(redactor, redacted)).toEqual(redacted);
    }),
    { numRuns: 200 },
  );
});
