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
  test('several rules in one text, with what was done and nothing of what was removed', () => {
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

  test('findings far into a long text, on both sides of the chunks it is read in', () => {
    const filler = 'plain words '.repeat(2_000);
    for (const shift of [0, 1, 7, 15, 16, 17]) {
      const text = `${filler.slice(0, 16_384 - shift)} ada@example.com ${filler}é bob@example.com`;
      expect(redact(text).value).toBe(text.replace(/(?:ada|bob)@example.com/g, '[EMAIL]'));
    }
  });

  test('a short text is read together with its key', () => {
    expect(redact('60-56-85-91').value).toBe('60-56-85-91');
    expect(redact('60-56-85-91', { key: 'user.phoneNumber' }).value).toBe('[PHONE]');
    expect(redact('1.2.3.4').value).toBe('[IP]');
    expect(redact('1.2.3.4', { key: 'service.version' }).value).toBe('1.2.3.4');
  });
});

describe('JSON in text', () => {
  test.each([
    ['a string', '{"password": "x", "a": 1}', '{"password": "[SECRET]", "a": 1}'],
    [
      'other spellings of the name',
      '{"API-Key":"x","apiKey":"y"}',
      '{"API-Key":"[SECRET]","apiKey":"[SECRET]"}',
    ],
    ['a number', '{"cvv":123}', '{"cvv":"[SECRET]"}'],
    ['a list', '{"cookie":["a","b]"],"b":2}', '{"cookie":"[SECRET]","b":2}'],
    ['an object', '{"credentials":{"user":"a","deep":{"x":"}"}},"b":2}', '{"credentials":"[SECRET]","b":2}'],
    ['quotes inside', '{"secret":"a\\"b","c":1}', '{"secret":"[SECRET]","c":1}'],
    ['a backslash at the end', '{"secret":"a\\\\","c":1}', '{"secret":"[SECRET]","c":1}'],
    [
      'JSON inside JSON',
      '{"a":"{\\"password\\":\\"x\\",\\"b\\":1}"}',
      '{"a":"{\\"password\\":\\"[SECRET]\\",\\"b\\":1}"}',
    ],
    ['cut off', '{"password":"hun', '{"password":"[SECRET]'],
    ["Python's quotes", "{'password': 'x', 'b': 1}", "{'password': '[SECRET]', 'b': 1}"],
    ['true, null and empty stay', '{"password":true,"secret":null,"otp":""}', undefined],
    ['the name is compared whole', '{"passwords":"x","token":"Hello","secretary":"Ann"}', undefined],
    [
      'the schema of a tool stays readable',
      '{"properties":{"password":{"type":"string","description":"of the user"}}}',
      undefined,
    ],
    ['escaped ASCII', '{"a":"ada\\u0040example.com \\u00e9"}', '{"a":"[EMAIL] \\u00e9"}'],
    ['escaped ASCII without a finding is left alone', '{"a":"1 \\u002b 1"}', undefined],
  ])('%s', (_title, text, expected = text) => {
    expect(redact(text).value).toBe(expected);
  });
});

describe('JSON values', () => {
  test('strings, numbers and names at any depth; what did not change is the same object', () => {
    const untouched = { a: [1, 'x', null] };
    const input = { untouched, list: ['ada@example.com'], card: 4242424242424242, 'bob@example.com': true };
    const { value } = redact(input);
    expect(value).toEqual({ untouched, list: ['[EMAIL]'], card: '[CARD]', '[EMAIL]': true });
    expect((value as typeof input).untouched).toBe(untouched);
    expect(input.list).toEqual(['ada@example.com']);
  });

  test('members with known names go whole, schemas and switches stay', () => {
    const schema = { password: { type: 'string' }, secret: false };
    expect(
      redact({ headers: { Authorization: ['Bearer x'], accept: '*/*' }, api_key: 7, schema }).value,
    ).toEqual({
      headers: { Authorization: '[SECRET]', accept: '*/*' },
      api_key: '[SECRET]',
      schema,
    });
  });

  test('an attribute with a known name goes whole', () => {
    expect(redact('anything', { key: 'http.request.header.authorization' }).value).toBe('[SECRET]');
  });

  test('two addresses as names stay two members', () => {
    expect(redact({ 'a@example.com': 1, 'b@example.com': 2 }).value).toEqual({
      '[EMAIL]': 1,
      '[EMAIL] 1': 2,
    });
  });

  test('hostile names stay members and reach no prototype', () => {
    const input: unknown = JSON.parse('{"__proto__":{"mail":"ada@example.com"},"constructor":"x"}');
    const { value } = redact(input);
    expect(JSON.stringify(value)).toBe('{"__proto__":{"mail":"[EMAIL]"},"constructor":"x"}');
    expect(({} as { mail?: string }).mail).toBeUndefined();
  });

  test('an object without prototype stays one', () => {
    const input = Object.assign(Object.create(null), { mail: 'ada@example.com' });
    expect(Object.getPrototypeOf(redact(input).value)).toBeNull();
  });

  test('what cannot be looked into is replaced and counted', () => {
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

  test('objects that say how they look as JSON are read that way', () => {
    const date = new Date(0);
    expect(redact({ url: new URL('https://ada:s3cret@example.com/'), date }).value).toEqual({
      url: 'https://[CREDENTIALS]@example.com/',
      date,
    });
  });

  test('a map is read as its entries', () => {
    expect(redact(new Map([['mail', 'ada@example.com']])).value).toEqual([['mail', '[EMAIL]']]);
  });
});

describe('replacements', () => {
  test('numbers are the same for the same value within one numbering', () => {
    const numbered = compileRedactor([emailRule({ with: 'number' })]);
    const numbering = createNumbering();
    expect(numbered('a@x.com b@x.com A@X.com', { numbering }).value).toBe('[EMAIL_1] [EMAIL_2] [EMAIL_1]');
    expect(numbered('b@x.com c@x.com', { numbering }).value).toBe('[EMAIL_2] [EMAIL_3]');
    expect(numbered('b@x.com').value).toBe('[EMAIL_1]');
  });

  test("the caller's hash gets the normalised value", () => {
    const seen: string[] = [];
    const hash = (value: string, label: string) => {
      seen.push(`${label} ${value}`);
      return 'ab:12';
    };
    const hashed = compileRedactor([emailRule({ with: 'hash', label: 'MAIL' })], { hash });
    expect(hashed('Ada@Example.com').value).toBe('[MAIL_ab12]');
    expect(seen).toEqual(['MAIL ada@example.com']);
  });

  test('a hash that throws lets nothing through', () => {
    const hashed = compileRedactor([emailRule({ with: 'hash' })], {
      hash: () => {
        throw new Error('no key');
      },
    });
    expect(hashed('ada@example.com').value).toBe('[EMAIL_unhashed]');
  });

  test('the tail of a card, and never more than a quarter of a value', () => {
    const card: Rule = { id: 'card', find: { detector: 'paymentCard' }, replace: { with: 'tail' } };
    const short: Rule = { id: 'pin', find: { keys: ['pin'] }, replace: { with: 'tail' } };
    const tailed = compileRedactor([card, short]);
    expect(tailed('4242-4242-4242-4242.').value).toBe('**** 4242.');
    expect(tailed({ pin: '1234' }).value).toEqual({ pin: '**** 4' });
  });

  test('nothing: text is cut out, members are left out', () => {
    const removing = compileRedactor([
      emailRule({ with: 'nothing' }),
      { id: 'pin', find: { keys: ['pin'] }, replace: { with: 'nothing' } },
    ]);
    expect(removing({ pin: '1', a: 'to ada@example.com!' }).value).toEqual({ a: 'to !' });
  });
});

describe('rules', () => {
  test('the first rule that finds something at a place wins', () => {
    const find = { detector: 'email' } as const;
    const both = compileRedactor([
      { id: 'first', find, replace: { with: 'placeholder', label: 'A' } },
      { id: 'second', find, replace: { with: 'placeholder', label: 'B' } },
    ]);
    expect(both('ada@example.com')).toEqual({ value: '[A]', counts: [{ ruleId: 'first', count: 1 }] });
  });

  test('a value on the allow list stays, also a whole domain', () => {
    const allowing = compileRedactor([
      emailRule({ with: 'placeholder' }, { except: ['Support@Example.com', '@own.example'] }),
    ]);
    expect(allowing('support@example.com ada@own.example eve@example.com').value).toBe(
      'support@example.com ada@own.example [EMAIL]',
    );
  });

  test("a user's expression, whole or one group of it", () => {
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

  test('an expression that reaches over a placeholder takes all of it', () => {
    const user = compileRedactor([
      emailRule({ with: 'placeholder' }),
      { id: 'line', find: { pattern: 'customer: .*' }, replace: { with: 'placeholder', label: 'LINE' } },
      { id: 'bracket', find: { pattern: 'x\\[' }, replace: { with: 'placeholder', label: 'BRACKET' } },
    ]);
    expect(user('customer: Bob ada@example.com').value).toBe('[LINE]');
    expect(user('xada@example.com x[ada@example.com').value).toBe('[EMAIL] [BRACKET][EMAIL]');
  });

  test('conditions by kind, key and path', () => {
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
    ['an expression with look-ahead', { find: { pattern: '(?=a)' } }, /no RE2 expression/],
    ['a group that is not there', { find: { pattern: '(a)', group: 2 } }, /has 1 groups, group 2/],
    ['a hash without a function', { replace: { with: 'hash' } }, /needs the option "hash"/],
    ['a long tail', { replace: { with: 'tail', keep: 12 } }, /"keep" is 12/],
    ['a label that is no word', { replace: { with: 'placeholder', label: 'e-mail' } }, /label "e-mail"/],
    ['an unknown country', { find: { detector: 'phone', regions: ['XX'] } }, /"XX"/],
  ])('%s is refused with the id of its rule', (_title, part, message) => {
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
