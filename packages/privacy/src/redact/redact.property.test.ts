import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_RULES, type Replace, type Rule } from '../rules/rules.ts';
import { compileRedactor } from './redact.ts';

const using = (replace: Replace): readonly Rule[] => DEFAULT_RULES.map((rule) => ({ ...rule, replace }));
const hash = (value: string) => String(value.length * 7919);
const user: Rule = {
  id: 'user',
  find: { pattern: 'o+ [a-z]' },
  replace: { with: 'placeholder', label: 'USER' },
};

/** Redactors with each kind of replacement, and one with a pattern between the default rules. */
const redactors = {
  placeholder: compileRedactor(DEFAULT_RULES),
  number: compileRedactor(using({ with: 'number' })),
  hash: compileRedactor(using({ with: 'hash' }), { hash }),
  tail: compileRedactor(using({ with: 'tail' })),
  nothing: compileRedactor(using({ with: 'nothing' })),
  user: compileRedactor([...DEFAULT_RULES.slice(0, 8), user, ...DEFAULT_RULES.slice(8)]),
};

const sensitive = [
  'ada@example.com',
  '4242 4242 4242 4242',
  '4242424242424242',
  'DE89370400440532013000',
  '123-45-6789',
  '203.0.113.9',
  '2001:db8::1',
  '+44 20 7946 0958',
  '415-555-2671',
  'sk-proj-Ab3dEf6hIj9lMn2pQr5t',
  '４２４２ ４２４２ ４２４２ ４２４２',
  '4242–4242–4242–4242',
  'https://hooks.slack.com/services/T0AB/B0CD/x1Y2z3',
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl',
];

/** Parts of texts: values that detectors find, words that they depend on, punctuation and random characters. */
const pieces = fc.oneof(
  fc.constantFrom(...sensitive),
  fc.constantFrom(
    'phone ',
    'card ',
    'call me at ',
    'password: ',
    '"password":',
    'api_key=',
    'Bearer ',
    'https://',
    'SSN ',
    'v ',
    'version ',
    'call id ',
    'Cookie: a=',
    'curl -u a:',
    ' --password ',
    '&sig=',
    '\u200b',
  ),
  fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\"',
    '\\n',
    ',',
    ': ',
    '=',
    '@',
    '.',
    '-',
    '+',
    '(',
    ')',
    ' ',
    '\n',
    '****',
    '_',
  ),
  fc.constantFrom(
    '[EMAIL]',
    '[CARD_1]',
    '[PHONE_',
    '**** 4242',
    ';base64,',
    '-----BEGIN PRIVATE KEY-----',
    '\\u0040',
  ),
  fc.string({ maxLength: 6 }),
  fc.string({ unit: 'binary', maxLength: 4 }),
  fc.stringMatching(/^[0-9]{1,5}$/),
);
const texts = fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join(''));

test.each(Object.entries(redactors))(
  'a second redaction changes nothing if matches are replaced with: %s',
  (_name, redact) => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = redact(text).value;
        expect(redact(once)).toEqual({ value: once, counts: [] });
      }),
      { numRuns: 2_000 },
    );
  },
);

test('redacting any value does not throw, and a second redaction changes nothing', () => {
  const values = fc.anything({
    key: fc.oneof(texts, fc.constantFrom('password', '__proto__', 'toJSON', 'phone', 'constructor')),
    values: [texts, fc.double(), fc.bigInt(), fc.boolean()],
    maxDepth: 4,
    withNullPrototype: true,
    withMap: true,
    withSet: true,
    withDate: true,
    withTypedArray: true,
    withSparseArray: true,
  });
  fc.assert(
    fc.property(values, (value) => {
      const once = redactors.placeholder(value).value;
      expect(redactors.placeholder(once).counts).toEqual([]);
    }),
    { numRuns: 1_500 },
  );
});

test('if nothing is counted, the input itself is returned', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const { value: redacted, counts } = redactors.placeholder(value);
      if (counts.length === 0) expect(redacted).toBe(value);
    }),
  );
});

test('JSON text is still valid JSON after redaction', () => {
  const json = fc.jsonValue({ stringUnit: 'binary' });
  const withSecrets = fc.dictionary(
    fc.constantFrom('password', 'phone', 'a', 'card'),
    fc.oneof(
      texts,
      json,
      fc.constant(4242424242424242),
      fc.array(fc.constantFrom(4242424242424242, -4242424242424242)),
    ),
  );
  fc.assert(
    fc.property(withSecrets, fc.constantFrom(undefined, 1), fc.boolean(), (value, indent, isNested) => {
      const inner = JSON.stringify(value, null, indent);
      const text = isNested ? JSON.stringify({ body: inner }) : inner;
      const parsed: unknown = JSON.parse(redactors.placeholder(text).value);
      expect(typeof parsed).toBe('object');
    }),
    { numRuns: 1_500 },
  );
});

test('a sensitive value between words is removed and counted once', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { maxLength: 6 }).map((list) => list.join(' '));
  fc.assert(
    fc.property(words, fc.constantFrom(...sensitive), words, (before, value, after) => {
      const { value: redacted, counts } = redactors.placeholder(`${before} ${value} ${after}`);
      expect(redacted).not.toContain(value);
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(1);
    }),
  );
});
