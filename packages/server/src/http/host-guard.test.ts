import { expect, it } from 'vitest';
import { isLocalHost } from './host-guard.ts';

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
])('the host %s is answered', (host) => expect(isLocalHost(host)).toBe(true));

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
])('the host %j is not answered', (host) => expect(isLocalHost(host)).toBe(false));
