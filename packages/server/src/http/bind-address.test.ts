import { expect, it } from 'vitest';
import { canonicalHost, isLoopback } from './bind-address.ts';

it.each([
  ['LOCALHOST', 'localhost'],
  ['localhost.', 'localhost'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['[::1]', '::1'],
  ['127.1', '127.0.0.1'],
  ['2130706433', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['0', '0.0.0.0'],
  ['0:0::0', '::'],
  ['::FFFF:127.0.0.1', '::ffff:7f00:1'],
  ['fe80::1%eth0', 'fe80::1%eth0'],
  ['Server.Internal', 'server.internal'],
])('the canonical form of the host %s is %s', (host, expected) => expect(canonicalHost(host)).toBe(expected));

it.each([
  '127.0.0.1',
  '127.1.2.3',
  '127.1',
  '2130706433',
  '::1',
  '[::1]',
  '0:0:0:0:0:0:0:1',
  '::ffff:127.0.0.1',
  'localhost',
  'LOCALHOST',
  'localhost.',
])('a server bound to %s is reachable from this machine only', (host) => expect(isLoopback(host)).toBe(true));

it.each([
  '0.0.0.0',
  '0',
  '::',
  '10.0.0.1',
  '128.0.0.1',
  '127.evil.example',
  'localhost.evil.example',
  'myhost',
])('a server bound to %s counts as reachable from elsewhere', (host) => expect(isLoopback(host)).toBe(false));
