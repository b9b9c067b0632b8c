import { expect, it } from 'vitest';
import { isAllowedHost } from './host-guard.ts';

it.each([
  'localhost',
  'LOCALHOST:4318',
  'localhost.:4318',
  'a.localhost',
  '127.0.0.1:4318',
  '[::1]:4318',
  '[::1]',
  '192.168.1.5:80',
  '10.0.0.1',
  'host.docker.internal:4318',
  'host.containers.internal',
])('the host %s is accepted', (host) => expect(isAllowedHost(host)).toBe(true));

it.each([
  '',
  'evil.example',
  'localhost.evil.example:4318',
  '127.0.0.1.evil.example',
  'evil.example:127',
  'localhost@evil',
  '[::1].evil',
  'host.docker.internal.evil.example',
  'throughline:4318',
])('the host %j is rejected', (host) => expect(isAllowedHost(host)).toBe(false));

it.each([
  ['throughline.example:443', true],
  ['a.example.com', true],
  ['example.com', false],
  ['evilexample.com', false],
])('with allowed names, the host %s is accepted: %s', (host, expected) =>
  expect(isAllowedHost(host, ['throughline.example', '*.example.com'])).toBe(expected),
);
