import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { instrument, instrumentFrom } from './instrument.ts';
import type { Integration } from './integration.ts';
import { selectIntegrations } from './module-hooks.ts';

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((text: string) => said.push(text));
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

it('instruments the client that it knows, in a version that it knows or that is not told', () => {
  const done: object[] = [];
  const table = [integration('a', done), integration('b', done)];
  const known = { of: 'b', version: '3.1.0' };
  const untold = { of: 'a' };
  const old = { of: 'a', version: '1.9.0' };
  for (const client of [known, untold, old, { ...old }]) instrumentFrom(table, client);
  expect(done).toEqual([known, untold]);
  expect(said).toEqual([
    '[throughline] a 1.9.0 is not traced: the versions that this SDK knows are >=2.0.0 <4.0.0',
  ]);
});

it('returns what it does not know as it is, and says so', () => {
  class Strange {}
  const strange = new Strange();
  expect(instrument(strange)).toBe(strange);
  expect(said).toEqual([
    '[throughline] instrument() does not know an object of class Strange: its calls are not traced',
  ]);
});

it('never throws, whatever it is given', () => {
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
