import { expect, it } from 'vitest';
import { isLocalHost, isLoopback } from './host-guard.ts';

it.each([
  'localhost',
  'LOCALHOST:4318',
  'a.localhost',
  '127.0.0.1:4318',
  '[::1]:4318',
  '[::1]',
  '192.168.1.5:80',
  '10.0.0.1',
])('%s is answered', (host) => expect(isLocalHost(host)).toBe(true));

it.each([
  '',
  'evil.example',
  'localhost.evil.example:4318',
  '127.0.0.1.evil.example',
  'evil.example:127',
  'localhost@evil',
  '[::1].evil',
])('%j is not', (host) => expect(isLocalHost(host)).toBe(false));

it.each([
  ['127.0.0.1', true],
  ['127.1.2.3', true],
  ['::1', true],
  ['localhost', true],
  ['0.0.0.0', false],
  ['::', false],
  ['10.0.0.1', false],
])('bound to %s is of this machine alone: %s', (host, expected) => expect(isLoopback(host)).toBe(expected));
