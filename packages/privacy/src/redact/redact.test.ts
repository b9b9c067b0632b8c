import { describe, expect, test } from 'vitest';
import { createNumbering } from '../compile/replacement.ts';
import { DEFAULT_RULES, type Rule, RuleError } from '../rules/rules.ts';
import { compileRedactor } from './redact.ts';

const redact = compileRedactor(DEFAULT_RULES);
const emailRule = (replace: Rule['replace'], more: Partial<Rule> = {}): Rule => ({
  id: 'email',
  find: { detector: 'email' },
  replace,
  ...more,
});

describe('texts', () => {
  test('several rules apply to one text, and the counts say how often each one did', () => {
    expect(redact('ada@example.com paid with 4242 4242 4242 4242, then bob@example.com')).toEqual({
      value: '[EMAIL] paid with [CARD], then [EMAIL]',
      counts: [
        { ruleId: 'email', count: 2 },
        { ruleId: 'payment-card', count: 1 },
      ],
    });
  });

  test('a text without findings is returned with empty counts', () => {
    expect(redact('nothing to see')).toEqual({ value: 'nothing to see', counts: [] });
  });

  test('the body of a data URL stays as it is', () => {
    const text = `data:image/png;base64,${'AKIAIOSFODNN7EXAMPLE+4155552671/'.repeat(20)}== ada@example.com`;
    expect(redact(text).value).toBe(text.replace('ada@example.com', '[EMAIL]'));
  });

  test('values far into a long text are found, also across the borders of the chunks that are read', () => {
    const filler = 'plain words '.repeat(2_000);
    for (const shift of [0, 1, 7, 15, 16, 17]) {
      const text = `${filler.slice(0, 16_384 - shift)} ada@example.com ${filler}é bob@example.com`;
      expect(redact(text).value).toBe(text.replace(/(?:ada|bob)@example.com/g, '[EMAIL]'));
    }
  });

  test('the key of a short text decides whether a number is a phone number, an address or a version', () => {
    expect(redact('60-56-85-91').value).toBe('60-56-85-91');
    expect(redact('60-56-85-91', { key: 'user.phoneNumber' }).value).toBe('[PHONE]');
    expect(redact('1.2.3.4').value).toBe('[IP]');
    expect(redact('1.2.3.4', { key: 'service.version' }).value).toBe('1.2.3.4');
  });
});

describe('JSON in text', () => {
  test.each([
    ['the value of a member is replaced', '{"password": "x", "a": 1}', '{"password": "[SECRET]", "a": 1}'],
    [
      'names are compared without case and dashes',
      '{"API-Key":"x","apiKey":"y"}',
      '{"API-Key":"[SECRET]","apiKey":"[SECRET]"}',
    ],
    ['a number is replaced by a string', '{"cvv":123}', '{"cvv":"[SECRET]"}'],
    ['a list is replaced as a whole', '{"cookie":["a","b]"],"b":2}', '{"cookie":"[SECRET]","b":2}'],
    [
      'an object is replaced as a whole',
      '{"credentials":{"user":"a","deep":{"x":"}"}},"b":2}',
      '{"credentials":"[SECRET]","b":2}',
    ],
    ['an escaped quote does not end the value', '{"secret":"a\\"b","c":1}', '{"secret":"[SECRET]","c":1}'],
    [
      'an escaped backslash at the end does not hide the closing quote',
      '{"secret":"a\\\\","c":1}',
      '{"secret":"[SECRET]","c":1}',
    ],
    [
      'JSON inside a JSON string is redacted',
      '{"a":"{\\"password\\":\\"x\\",\\"b\\":1}"}',
      '{"a":"{\\"password\\":\\"[SECRET]\\",\\"b\\":1}"}',
    ],
    ['a value that is cut off is replaced up to the end', '{"password":"hun', '{"password":"[SECRET]'],
    [
      'single quotes, as in Python, are understood',
      "{'password': 'x', 'b': 1}",
      "{'password': '[SECRET]', 'b': 1}",
    ],
    ['true, null and empty values stay unchanged', '{"password":true,"secret":null,"otp":""}', undefined],
    [
      'a name must be equal, not only similar',
      '{"passwords":"x","token":"Hello","secretary":"Ann"}',
      undefined,
    ],
    [
      'the schema of a tool stays unchanged',
      '{"properties":{"password":{"type":"string","description":"of the user"}}}',
      undefined,
    ],
    [
      'an address with an escaped @ is found',
      '{"a":"ada\\u0040example.com \\u00e9"}',
      '{"a":"[EMAIL] \\u00e9"}',
    ],
    ['escapes stay unchanged if nothing is found', '{"a":"1 \\u002b 1"}', undefined],
  ])('%s', (_title, text, expected = text) => {
    expect(redact(text).value).toBe(expected);
  });
});

describe('JSON values', () => {
  test('strings, numbers and names are redacted at any depth, and unchanged parts are not copied', () => {
    const untouched = { a: [1, 'x', null] };
    const input = { untouched, list: ['ada@example.com'], card: 4242424242424242, 'bob@example.com': true };
    const { value } = redact(input);
    expect(value).toEqual({ untouched, list: ['[EMAIL]'], card: '[CARD]', '[EMAIL]': true });
    expect((value as typeof input).untouched).toBe(untouched);
    expect(input.list).toEqual(['ada@example.com']);
  });

  test('members with sensitive names are replaced as a whole, except for schemas and booleans', () => {
    const schema = { password: { type: 'string' }, secret: false };
    expect(
      redact({ headers: { Authorization: ['Bearer x'], accept: '*/*' }, api_key: 7, schema }).value,
    ).toEqual({
      headers: { Authorization: '[SECRET]', accept: '*/*' },
      api_key: '[SECRET]',
      schema,
    });
  });

  test('the value of an attribute with a sensitive name is replaced as a whole', () => {
    expect(redact('anything', { key: 'http.request.header.authorization' }).value).toBe('[SECRET]');
  });

  test('two members whose names become the same placeholder remain two members', () => {
    expect(redact({ 'a@example.com': 1, 'b@example.com': 2 }).value).toEqual({
      '[EMAIL]': 1,
      '[EMAIL] 1': 2,
    });
  });

  test('members named __proto__ or constructor are redacted and do not change any prototype', () => {
    const input: unknown = JSON.parse('{"__proto__":{"mail":"ada@example.com"},"constructor":"x"}');
    const { value } = redact(input);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"mail":"[EMAIL]"},"constructor":"x"}');
    expect(({} as { mail?: string }).mail).toBeUndefined();
  });

  test('an object without a prototype is returned without a prototype', () => {
    const input = Object.assign(Object.create(null), { mail: 'ada@example.com' });
    expect(Object.getPrototypeOf(redact(input).value)).toBeNull();
  });

  test('values that are circular, throw or nest too deep are replaced and counted', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const throwing = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('no');
      },
    });
    let deep: unknown = 'ada@example.com';
    for (let i = 0; i < 50_000; i++) deep = [deep];
    const { value, counts } = redact({ circular, throwing, deep });
    expect(JSON.stringify(value)).toContain(
      '{"circular":{"self":"[CIRCULAR]"},"throwing":"[UNREADABLE]","deep":[',
    );
    expect(JSON.stringify(value)).toContain('[TOO_DEEP]');
    expect(counts).toEqual([{ ruleId: 'guard', count: 3 }]);
  });

  test('objects with a toJSON method are redacted in their JSON form', () => {
    const date = new Date(0);
    expect(redact({ url: new URL('https://ada:s3cret@example.com/'), date }).value).toEqual({
      url: 'https://[CREDENTIALS]@example.com/',
      date,
    });
  });

  test('a map is redacted as a list of its entries', () => {
    expect(redact(new Map([['mail', 'ada@example.com']])).value).toEqual([['mail', '[EMAIL]']]);
  });
});

describe('replacements', () => {
  test('equal values get the same number within one numbering', () => {
    const numbered = compileRedactor([emailRule({ with: 'number' })]);
    const numbering = createNumbering();
    expect(numbered('a@x.com b@x.com A@X.com', { numbering }).value).toBe('[EMAIL_1] [EMAIL_2] [EMAIL_1]');
    expect(numbered('b@x.com c@x.com', { numbering }).value).toBe('[EMAIL_2] [EMAIL_3]');
    expect(numbered('b@x.com').value).toBe('[EMAIL_1]');
  });

  test('the hash function receives the normalised value', () => {
    const seen: string[] = [];
    const hash = (value: string, label: string) => {
      seen.push(`${label} ${value}`);
      return 'ab:12';
    };
    const hashed = compileRedactor([emailRule({ with: 'hash', label: 'MAIL' })], { hash });
    expect(hashed('Ada@Example.com').value).toBe('[MAIL_ab12]');
    expect(seen).toEqual(['MAIL ada@example.com']);
  });

  test('a value is still replaced if the hash function throws', () => {
    const hashed = compileRedactor([emailRule({ with: 'hash' })], {
      hash: () => {
        throw new Error('no key');
      },
    });
    expect(hashed('ada@example.com').value).toBe('[EMAIL_unhashed]');
  });

  test('a tail is the last four digits of a card, and at most a quarter of a value', () => {
    const card: Rule = { id: 'card', find: { detector: 'paymentCard' }, replace: { with: 'tail' } };
    const short: Rule = { id: 'pin', find: { keys: ['pin'] }, replace: { with: 'tail' } };
    const tailed = compileRedactor([card, short]);
    expect(tailed('4242-4242-4242-4242.').value).toBe('**** 4242.');
    expect(tailed({ pin: '1234' }).value).toEqual({ pin: '**** 4' });
  });

  test('replacing with nothing cuts out text and removes members', () => {
    const removing = compileRedactor([
      emailRule({ with: 'nothing' }),
      { id: 'pin', find: { keys: ['pin'] }, replace: { with: 'nothing' } },
    ]);
    expect(removing({ pin: '1', a: 'to ada@example.com!' }).value).toEqual({ a: 'to !' });
  });
});

describe('rules', () => {
  test('if two rules match the same text, the first one applies', () => {
    const find = { detector: 'email' } as const;
    const both = compileRedactor([
      { id: 'first', find, replace: { with: 'placeholder', label: 'A' } },
      { id: 'second', find, replace: { with: 'placeholder', label: 'B' } },
    ]);
    expect(both('ada@example.com')).toEqual({ value: '[A]', counts: [{ ruleId: 'first', count: 1 }] });
  });

  test('excepted values and e-mail domains stay unchanged', () => {
    const allowing = compileRedactor([
      emailRule({ with: 'placeholder' }, { except: ['Support@Example.com', '@own.example'] }),
    ]);
    expect(allowing('support@example.com ada@own.example eve@example.com').value).toBe(
      'support@example.com ada@own.example [EMAIL]',
    );
  });

  test('a pattern replaces its whole match or the text of one group', () => {
    const user = compileRedactor([
      {
        id: 'ticket',
        find: { pattern: 'acme-[0-9]+', ignoreCase: true },
        replace: { with: 'placeholder', label: 'TICKET' },
      },
      {
        id: 'name',
        find: { pattern: 'patient (\\w+)', group: 1 },
        replace: { with: 'placeholder', label: 'NAME' },
      },
    ]);
    expect(user('ACME-12: patient Bob').value).toBe('[TICKET]: patient [NAME]');
  });

  test('a match that contains a part of a placeholder is extended to all of it', () => {
    const user = compileRedactor([
      emailRule({ with: 'placeholder' }),
      { id: 'line', find: { pattern: 'customer: .*' }, replace: { with: 'placeholder', label: 'LINE' } },
      { id: 'bracket', find: { pattern: 'x\\[' }, replace: { with: 'placeholder', label: 'BRACKET' } },
    ]);
    expect(user('customer: Bob ada@example.com').value).toBe('[LINE]');
    expect(user('xada@example.com x[ada@example.com').value).toBe('[EMAIL] [BRACKET][EMAIL]');
  });

  test('a rule can be limited to kinds, keys and paths', () => {
    const at = (appliesTo: Rule['appliesTo']) => {
      const conditional = compileRedactor([
        emailRule({ with: 'placeholder' }, { ...(appliesTo && { appliesTo }) }),
      ]);
      const value = { user: { mail: 'a@x.com', tags: ['b@x.com'] } };
      return JSON.stringify(conditional(value, { kind: 'tool', key: 'args' }).value);
    };
    const none = '{"user":{"mail":"a@x.com","tags":["b@x.com"]}}';
    expect(at({ kinds: ['llm'] })).toBe(none);
    expect(at({ kinds: ['llm', 'tool'], keys: ['Mail'] })).toBe(
      '{"user":{"mail":"[EMAIL]","tags":["b@x.com"]}}',
    );
    expect(at({ paths: ['args.user.tags.*'] })).toBe('{"user":{"mail":"a@x.com","tags":["[EMAIL]"]}}');
    expect(at({ paths: ['args.**'] })).toBe('{"user":{"mail":"[EMAIL]","tags":["[EMAIL]"]}}');
  });

  test.each([
    ['an unknown detector', { find: { detector: 'toString' } }, /no detector "toString"/],
    ['a pattern with look-ahead', { find: { pattern: '(?=a)' } }, /not a valid RE2 expression/],
    ['a group that does not exist', { find: { pattern: '(a)', group: 2 } }, /has 1 groups, group 2/],
    [
      'replacing with a hash without the hash option',
      { replace: { with: 'hash' } },
      /needs the option "hash"/,
    ],
    ['a tail of more than four characters', { replace: { with: 'tail', keep: 12 } }, /"keep" is 12/],
    [
      'a label with other characters than letters',
      { replace: { with: 'placeholder', label: 'e-mail' } },
      /label "e-mail"/,
    ],
    ['an unknown country', { find: { detector: 'phone', regions: ['XX'] } }, /"XX"/],
  ])('%s throws an error with the id of the rule', (_title, part, message) => {
    const rule = {
      id: 'mine',
      find: { detector: 'email' },
      replace: { with: 'placeholder' },
      ...part,
    } as Rule;
    expect(() => compileRedactor([rule])).toThrow(RuleError);
    expect(() => compileRedactor([rule])).toThrow(/Redaction rule "mine"/);
    expect(() => compileRedactor([rule])).toThrow(message);
  });
});
