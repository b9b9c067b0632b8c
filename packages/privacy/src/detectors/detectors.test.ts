import { describe, expect, test } from 'vitest';
import { compileRedactor } from '../redact.ts';
import { DETECTORS, type DetectorName } from './detectors.ts';

/** [what it shows, text, the same text redacted by this detector alone; absent where nothing is to be found] */
type Row = readonly [title: string, text: string, redacted?: string];

const pem = (kind: string) =>
  `-----BEGIN ${kind}-----\nMIIEpAIBAAKCAQEAx3aF0b1cD2eF3gH4iJ5kL6mN7oP8\nqR9sT0uV1wX2yZ3==\n-----END ${kind}-----`;
const jwtText = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJlLW9mLXRva2Vu';

const rows: Readonly<Record<DetectorName, readonly Row[]>> = {
  email: [
    ['a plain address', 'write to ada@example.com.', 'write to [EMAIL].'],
    ['tags, dots and subdomains', 'a.b+tag@mail.example.co.uk', '[EMAIL]'],
    ['brackets of a header', 'Ada <ada_l@example.com>', 'Ada <[EMAIL]>'],
    ['letters beyond ASCII', 'jörg@müller.de schrieb', '[EMAIL] schrieb'],
    ['Chinese text glued to both sides', '请联系ada@example.com谢谢', '请联系[EMAIL]谢谢'],
    ['the @ of a URL', '?to=ada%40example.com&x=1', '?to=[EMAIL]&x=1'],
    ['a line break of raw JSON stays an escape', '{"a":"x\\nada@example.com"}', '{"a":"x\\n[EMAIL]"}'],
    ['mailto', 'mailto:ada@example.com', 'mailto:[EMAIL]'],
    ['an IDN top level', 'a@b.xn--p1ai', '[EMAIL]'],
    ['a mention', 'thanks @ada for this'],
    ['a package with version', 'react@19.2.0 and @scope/name@1.0.0'],
    ['an image for dense screens', 'icon@2x.png'],
    ['no top level', 'root@localhost'],
    ['a decorator', 'x = @app.route'],
  ],
  paymentCard: [
    ['sixteen digits', 'pay 4242424242424242 now', 'pay [CARD] now'],
    ['groups of four', '4242 4242 4242 4242', '[CARD]'],
    ['dashes', '5555-5555-5555-4444', '[CARD]'],
    ['American Express as printed', '3782 822463 10005', '[CARD]'],
    ['an expiry date behind it', '4242 4242 4242 4242 12/27', '[CARD] 12/27'],
    ['thirteen digits beside the word', 'card 4222222222222', 'card [CARD]'],
    ['an unknown issuer beside the word', 'my credit card is 9000000000000001', 'my credit card is [CARD]'],
    ['a bare number in JSON is quoted', '{"n":4242424242424242}', '{"n":"[CARD]"}'],
    ['also in an array', '[1,4242424242424242]', '[1,"[CARD]"]'],
    ['but not inside a string', '["a,4242424242424242,b"]', '["a,[CARD],b"]'],
    ['also in JSON inside JSON', '{"a":"{\\"n\\":4242424242424242}"}', '{"a":"{\\"n\\":\\"[CARD]\\"}"}'],
    ['a wrong check digit', '4242424242424241'],
    ['a fraction', '[0.4242424242424242, -0.1]'],
    ['nanoseconds since 1970', '"startTimeUnixNano":"1789123456789123456"'],
    ['thirteen digits without the word', 'id 4222222222222'],
    ['part of a longer id', 'req_4242424242424242x'],
    ['only zeros', '0000000000000000'],
  ],
  iban: [
    ['German, plain', 'DE89370400440532013000', '[IBAN]'],
    ['in groups', 'IBAN: GB29 NWBK 6016 1331 9268 19.', 'IBAN: [IBAN].'],
    ['lower case', 'gb29nwbk60161331926819', '[IBAN]'],
    ['Norwegian, the shortest', 'NO9386011117947', '[IBAN]'],
    ['French with letters', 'FR1420041010050500013M02606', '[IBAN]'],
    ['after an escaped line break', '"\\nDE89370400440532013000"', '"\\n[IBAN]"'],
    ['wrong check digits', 'DE88370400440532013000'],
    ['wrong length for the country', 'DE8937040044053201300'],
    ['an unknown country', 'ZZ89370400440532013000'],
    ['a longer id', 'xDE89370400440532013000'],
  ],
  usSsn: [
    ['with dashes', 'It is 123-45-6789.', 'It is [SSN].'],
    ['with spaces beside the word', 'SSN 123 45 6789', 'SSN [SSN]'],
    [
      'without separators beside the word',
      'social security number: 123456789',
      'social security number: [SSN]',
    ],
    ['a taxpayer number beside the word', 'ITIN 912-70-1234', 'ITIN [SSN]'],
    ['nine digits without a word', 'order 123456789'],
    ['area 000', '000-45-6789'],
    ['area 666', '666-45-6789'],
    ['group 00', '123-00-6789'],
    ['serial 0000', '123-45-0000'],
    ['part of a longer number', '1-123-45-6789 and 123-45-6789-1'],
  ],
  ipv4: [
    ['public', 'from 203.0.113.9:8080', 'from [IP]:8080'],
    ['private', 'host 10.1.2.3/24', 'host [IP]/24'],
    ['in a URL', 'http://203.0.113.9/x', 'http://[IP]/x'],
    ['at the end of a sentence', 'It was 203.0.113.9.', 'It was [IP].'],
    ['loopback', 'http://127.0.0.1:4318 and 0.0.0.0'],
    ['a browser version', 'Chrome/120.0.0.0 Safari'],
    ['a version', 'v1.2.3.4, version 1.2.3.4, 1.2.3.4-beta'],
    ['a heading, also as the anchor of a link', 'see section 6.2.2.1 and rfc3986#section-6.2.2.1'],
    ['five numbers', '1.3.6.1.4'],
    ['out of range', '256.1.1.1 and 1.2.3.999'],
    ['leading zeros', '01.84.17.61'],
  ],
  ipv6: [
    ['full', 'at 2001:0db8:85a3:0000:0000:8a2e:0370:7334', 'at [IP]'],
    ['shortened', '2001:db8::1 answered', '[IP] answered'],
    ['in a URL with a port', 'http://[2001:db8::1]:80/', 'http://[[IP]]:80/'],
    ['link-local with a zone', 'fe80::1%eth0', '[IP]%eth0'],
    ['mapped IPv4', '::ffff:203.0.113.9', '[IP]'],
    ['unspecified and loopback', ':: and ::1'],
    ['a time', 'at 12:20:39 and 12:20:39.123'],
    ['a name in C++ or Rust', 'std::vector a::b ab::12 cafe::bad'],
    ['a MAC address', '00:1a:2b:3c:4d:5e'],
    ['nine groups', '1:2:3:4:5:6:7:8:9'],
    ['two gaps', '2001::1::2'],
  ],
  phone: [
    ['international', 'ring +44 20 7946 0958 now', 'ring [PHONE] now'],
    ['international without groups', '+14155552671', '[PHONE]'],
    ['trunk zero in parentheses', '+46 (0)8 928 571 38', '[PHONE]'],
    ['prefix 00', '0049 30 901820', '[PHONE]'],
    ['North American', '(415) 555-2671 or 415-555-2671', '[PHONE] or [PHONE]'],
    ['an extension', '415-555-2671 x89', '[PHONE]'],
    ['British, without a word', 'on 020 7946 0958 today', 'on [PHONE] today'],
    ['French, without a word', '01.84.17.61.18', '[PHONE]'],
    ['any grouping after a label', 'Phone: 60-56-85-91', 'Phone: [PHONE]'],
    ['plain digits after a label', 'Fax: 5403926876', 'Fax: [PHONE]'],
    ['a label behind', '416 60 039 office', '[PHONE] office'],
    ['told by a person', 'call me at 467 3395', 'call me at [PHONE]'],
    ['tel: links', '<a href="tel:+14155552671">', '<a href="tel:[PHONE]">'],
    ['plain digits without a label', 'order 5403926876'],
    ['an impossible country code', '+999 123 456 78'],
    ['a date and a time', '2026-11-20 14:11:22 and 20.11.2026'],
    ['money', '$4,155,552,671 and € 1 234 567'],
    ['a fraction', '0.0576678910292685'],
    ['a UUID', '123e4567-e89b-12d3-a456-426614174000'],
    ['the number of an issue', '#12345678'],
    ['nanoseconds', '1789123456789123456'],
    ['a tool call', 'tool_call_id: 1234567890'],
    ['a dump of bytes', '02 00 00 00 00 28 13 de'],
    ['a table of figures', '12 345 678 tokens'],
  ],
  apiKey: [
    ['OpenAI', 'key sk-proj-Ab3dEf6hIj9lMn2pQr5t.', 'key [API_KEY].'],
    ['Anthropic', 'sk-ant-api03-Ab3dEf6hIj9lMn2p_Qr5t-AA', '[API_KEY]'],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE', '[API_KEY]'],
    ['GitHub', `ghp_${'a1B2c3D4e5F6'.repeat(3)}`, '[API_KEY]'],
    ['GitHub, fine-grained', `github_pat_11A${'b2C3d4E5f6G7'.repeat(6)}`, '[API_KEY]'],
    ['Slack', 'xoxb-123456789012-Ab3dEf6hIj9l', '[API_KEY]'],
    ['Stripe', `sk_${'live'}_51H8aBcD3eFgH6iJkL9m`, '[API_KEY]'],
    ['Google', 'AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q', '[API_KEY]'],
    ['in quotes of escaped JSON', '\\"sk-Ab3dEf6hIj9lMn2pQr5t\\"', '\\"[API_KEY]\\"'],
    ['a class name', 'sk-fading-circle-container-large'],
    ['a word that ends like a prefix', 'task-Ab3dEf6hIj9lMn2pQr5t and desk-1234567890abcdefgh'],
    ['a stand-in', 'sk-xxxxxxxxxxxxxxxxxxxxxxxx and ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'],
    ['an AWS name that is too long', 'AKIAIOSFODNN7EXAMPLEXY'],
  ],
  jwt: [
    ['three parts', `token ${jwtText}, ok`, 'token [JWT], ok'],
    ['cut off after two', jwtText.slice(0, jwtText.lastIndexOf('.')), '[JWT]'],
    ['one part only', 'eyJhbGciOiJIUzI1NiJ9'],
    ['glued to a letter, the readable part', `x${jwtText}`, 'xeyJhbGciOiJIUzI1NiJ9.[JWT]'],
  ],
  privateKey: [
    ['PKCS#8', `a\n${pem('PRIVATE KEY')}\nb`, 'a\n[PRIVATE_KEY]\nb'],
    ['RSA', pem('RSA PRIVATE KEY'), '[PRIVATE_KEY]'],
    ['OpenSSH', pem('OPENSSH PRIVATE KEY'), '[PRIVATE_KEY]'],
    ['PGP', pem('PGP PRIVATE KEY BLOCK'), '[PRIVATE_KEY]'],
    ['escaped line breaks', JSON.stringify(pem('PRIVATE KEY')), '"[PRIVATE_KEY]"'],
    ['without its end', pem('PRIVATE KEY').slice(0, 60), '[PRIVATE_KEY]'],
    ['a public key', pem('PUBLIC KEY')],
    ['only the words', 'begins with -----BEGIN PRIVATE KEY-----'],
  ],
  authorization: [
    ['bearer', 'curl -H "Authorization: Bearer abc123def456ghi7"', 'curl -H "Authorization: Bearer [TOKEN]"'],
    ['bearer without its header', 'bearer abc123def456ghi7', 'bearer [TOKEN]'],
    ['basic in its header', 'Authorization: Basic YTpi', 'Authorization: Basic YTpi'],
    ['basic, long enough', 'Authorization: Basic YWRhOnNlY3JldA==', 'Authorization: Basic [TOKEN]'],
    ['prose', 'the bearer of this letter has a basic understanding123'],
  ],
  urlCredentials: [
    ['user and password', 'postgres://ada:s3cret@db:5432/x', 'postgres://[CREDENTIALS]@db:5432/x'],
    ['an @ in the password', 'https://u:p@ss@host/x', 'https://[CREDENTIALS]@host/x'],
    ['password only', 'redis://:s3cret@cache', 'redis://[CREDENTIALS]@cache'],
    ['a token', 'https://abcdef0123456789abcd@host', 'https://[CREDENTIALS]@host'],
    ['a user name alone', 'ssh://git@host/x'],
    ['an @ in the path', 'https://host/@ada and https://host/x:y@z'],
    ['no URL', 'ada:x@host'],
  ],
  assignedSecret: [
    ['an environment variable', 'OPENAI_API_KEY=abc123def456ghi7', 'OPENAI_API_KEY=[SECRET]'],
    ['YAML', 'db_password: hunter2', 'db_password: [SECRET]'],
    ['code', 'clientSecret = "abc123def456ghi7"', 'clientSecret = "[SECRET]"'],
    ['JSON', '{"dbPassword": "correct horse 9"}', '{"dbPassword": "[SECRET]"}'],
    ['a query string', '?access_token=abc123def456ghi7&x=1', '?access_token=[SECRET]&x=1'],
    ['a type', 'password: string, apiKey: string'],
    ['a call', 'password = getPassword1()'],
    ['a path through code', 'api_key = settings.openai.key1'],
    ['a variable', 'api_key=$OPENAI_KEY_123456'],
    ['a stand-in', 'api_key=your-api-key-12345 and password: ********'],
    ['a count', 'max_tokens: 4096, total_tokens=123456789012'],
    ['prose', 'the secret: patience'],
  ],
};

describe.each(Object.entries(rows))('detector %s', (name, table) => {
  const redact = compileRedactor([
    { id: name, find: { detector: name as DetectorName }, replace: { with: 'placeholder' } },
  ]);

  test.each(table)('%s', (_title, text, redacted = text) => {
    expect(redact(text).value).toBe(redacted);
  });
});

test('every detector says by which characters it is asked, and in words for a placeholder what it found', () => {
  for (const { triggers, label } of Object.values(DETECTORS)) {
    expect(triggers.length).toBeGreaterThan(0);
    expect(label).toMatch(/^[A-Z0-9_]+$/);
  }
});
