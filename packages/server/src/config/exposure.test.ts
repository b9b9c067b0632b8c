import { expect, it } from 'vitest';
import { ExposureError, isInsecure } from './exposure.ts';

const KEYS = ['0123456789abcdef'];

it.each(['127.0.0.1', 'LOCALHOST', '127.1', '[::1]', '0:0:0:0:0:0:0:1'])(
  'a server on %s needs no key',
  (host) => expect(isInsecure({ host, apiKeys: [], insecure: false })).toBe(false),
);

it.each(['0.0.0.0', '0', '::', '192.168.1.5', 'myhost', '127.evil.example'])(
  'a server on %s does not start without a key, and the message contains both alternatives',
  (host) => {
    const start = () => isInsecure({ host, apiKeys: [], insecure: false });
    expect(start).toThrow(ExposureError);
    for (const way of ['--api-key', 'THROUGHLINE_API_KEY', '--insecure', 'THROUGHLINE_INSECURE=true', host])
      expect(start).toThrow(way);
  },
);

it('a key protects any address, even with --insecure', () => {
  expect(isInsecure({ host: '0.0.0.0', apiKeys: KEYS, insecure: false })).toBe(false);
  expect(isInsecure({ host: '0.0.0.0', apiKeys: KEYS, insecure: true })).toBe(false);
});

it('--insecure opens the server', () => {
  expect(isInsecure({ host: '0.0.0.0', apiKeys: [], insecure: true })).toBe(true);
});
