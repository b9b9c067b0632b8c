import { cpuMsOf } from '@throughline/tests/cpu-time';
import { expect, test } from 'vitest';
import { DEFAULT_RULES } from '../rules/rules.ts';
import { compileRedactor } from './redact.ts';

const SIZE = 1_000_000;
const redact = compileRedactor(DEFAULT_RULES);
const pattern = compileRedactor([
  { id: 'user', find: { pattern: '(a+)+$|(a|aa)+b' }, replace: { with: 'placeholder' } },
]);

/** Parts that are repeated to a megabyte. They begin a match again and again and never complete it. */
const hostile: readonly string[] = [
  '@',
  'a@',
  'a.',
  '%40',
  'a@a.a',
  'a@b.co',
  '1',
  '1 ',
  '1-',
  '1.',
  '(1',
  '+1',
  '+999 12 34 56 78 ',
  '012 345 67890 ',
  '(0)12-34-56-78-',
  'call 1 ',
  '4242 ',
  '4242-4242-4242-4241-',
  '9999999999999999999 ',
  'card 4242424242424241 ',
  'GB12 ',
  'DE89 3704 0044 0532 0130 01 ',
  '1.2.3.',
  '::',
  'f:',
  '2001:db8:',
  'sk-',
  'sk-a-',
  'ghp_',
  'AKIA',
  'eyJ',
  'eyJ.',
  'eyJaaaaaaaaaa.',
  'eyJaaaaaaaaaa-',
  '-----BEGIN ',
  '-----BEGIN PRIVATE KEY-----',
  '-----BEGIN PRIVATE KEY-----\nabc',
  'Bearer ',
  'Basic a',
  '://',
  '://a:',
  '://a:b@',
  'https://a',
  'password=',
  'password="',
  '"password":',
  '"password":{',
  '"password":{"a":[',
  '"password":"\\',
  '\\"password\\":\\"',
  '"password":{\\\\\\\\',
  '\\',
  '{"\\u0040',
  '{\\\\',
  '[',
  '[EMAIL',
  '[EMAIL]',
  '[[EMAIL_',
  '*',
  '**** ',
  '**** 4',
  ';base64,',
  ';base64,A',
  '":"',
  'token:',
  'Cookie: ',
  'cookie: a=',
  'Cookie: a="',
  'cookie:a=b\\n',
  ' --password',
  ' --password x',
  '--password "',
  'curl -u a:',
  ' -u ',
  'https://hooks.slack.com/services/',
  '://a/',
  '&sig=',
  '?key=a1b2c3d4e5f6&',
  'dapi',
  'dapi0',
  'a0',
  '1:AA',
  '123456789:AA',
  'SG.',
  'ya29.',
  'SK0',
  '4242\n',
  '4242 - ',
  '4242%20',
  '4242+',
  '4242\u200b',
  '\u200b',
  '\uff14',
  '\u0664',
  '\uff20',
  'é1',
  '謝1 ',
  '\ud800',
  '\0',
];

test.each(hostile)(
  'a megabyte of %j is redacted in linear time, and a second redaction changes nothing',
  (part) => {
    const text = part.repeat(Math.ceil(SIZE / part.length));
    const start = process.cpuUsage();
    const { value } = redact(text);
    const { user } = process.cpuUsage(start);
    // Quadratic work on a megabyte takes minutes; linear work takes tens to hundreds of milliseconds.
    expect(user / 1000).toBeLessThan(4_000);
    expect(value.length).toBeGreaterThan(0);
    const short = redact(part.repeat(2_000)).value;
    expect(redact(short).value === short).toBe(true);
  },
);

test('a pattern that takes exponential time in a backtracking engine takes linear time', () => {
  expect(cpuMsOf(() => pattern(`${'a'.repeat(20_000)}!`))).toBeLessThan(5_000);
});
