import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Integration } from '../patch/integration.ts';
import { instrument, instrumentFrom } from './instrument.ts';
import { selectIntegrations } from './module-hooks.ts';

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((text: string) => warnings.push(text));
});
afterEach(() => vi.restoreAllMocks());

function integration(name: string, done: object[]): Integration {
  return {
    name,
    package: name,
    supported: '>=2.0.0 <4.0.0',
    kind: 'provider',
    client: {
      recognises: (value) => (value as { of?: string }).of === name,
      version: (client) => (client as { version?: string }).version,
      instrument: (client) => done.push(client),
    },
  };
}

it('instruments supported clients in supported or unknown versions, and warns once about others', () => {
  const done: object[] = [];
  const table = [integration('a', done), integration('b', done)];
  const known = { of: 'b', version: '3.1.0' };
  const unversioned = { of: 'a' };
  const old = { of: 'a', version: '1.9.0' };
  for (const client of [known, unversioned, old, { ...old }]) instrumentFrom(table, client);
  expect(done).toEqual([known, unversioned]);
  expect(warnings).toEqual([
    '[throughline] a 1.9.0 is not traced: this SDK supports the versions >=2.0.0 <4.0.0',
  ]);
});

it('returns an unsupported object unchanged and warns', () => {
  class Strange {}
  const unsupported = new Strange();
  expect(instrument(unsupported)).toBe(unsupported);
  expect(warnings).toEqual([
    '[throughline] instrument() does not support an object of class Strange: its calls are not traced',
  ]);
});

it('never throws for any value', () => {
  const hostile = new Proxy(
    {},
    {
      get: () => {
        throw new Error('no');
      },
    },
  );
  expect(instrument(hostile)).toBe(hostile);
  expect(instrument(undefined as never)).toBe(undefined);
});

it.each([
  [undefined, ['a', 'b', 'c']],
  ['', ['a', 'b', 'c']],
  ['all', ['a', 'b', 'c']],
  ['a, c', ['a', 'c']],
  ['-b', ['a', 'c']],
  ['a,b,-b', ['a']],
  ['none', []],
])('THROUGHLINE_INSTRUMENTATIONS=%s', (wanted, names) => {
  const table = ['a', 'b', 'c'].map((name) => integration(name, []));
  expect(selectIntegrations(table, wanted).map(({ name }) => name)).toEqual(names);
});
