import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withExport, wrapGetter, wrapMethod } from './patch.ts';

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((text: string) => said.push(text));
});
afterEach(() => vi.restoreAllMocks());

class Service {
  readonly #factor = 2;
  double(n: number): number {
    return n * this.#factor;
  }
}

const plusOne = (original: (...args: unknown[]) => unknown) =>
  function (this: unknown, ...args: unknown[]) {
    return Number(Reflect.apply(original, this, args)) + 1;
  };

describe('wrapMethod', () => {
  it('keeps class, private fields, name and length; an instance alone is changed', () => {
    const service = new Service();
    expect(wrapMethod(service, 'double', 'test', plusOne)).toBe(true);
    expect(service.double(2)).toBe(5);
    expect(new Service().double(2)).toBe(4);
    expect(service).toBeInstanceOf(Service);
    expect([service.double.name, service.double.length, Object.keys(service)]).toEqual(['double', 1, []]);
  });

  it('wraps once, also where the prototype is wrapped already', () => {
    class Other extends Service {}
    wrapMethod(Other.prototype, 'double', 'test', plusOne);
    wrapMethod(Other.prototype, 'double', 'test', plusOne);
    const other = new Other();
    expect(wrapMethod(other, 'double', 'test', plusOne)).toBe(true);
    expect(other.double(2)).toBe(5);
  });

  it('leaves to others what they have wrapped, and says so once', () => {
    const theirs = Object.assign((n: number) => n, { __wrapped: true, __original: (n: number) => n });
    const target = { call: theirs };
    expect(wrapMethod(target, 'call', 'pkg call', plusOne)).toBe(false);
    expect(wrapMethod(target, 'call', 'pkg call', plusOne)).toBe(false);
    expect(target.call).toBe(theirs);
    expect(said).toEqual([
      '[throughline] pkg call is traced by another instrumentation already and is left to it',
    ]);
  });

  it('does nothing with what is missing or frozen', () => {
    expect(wrapMethod(undefined, 'x', 'test', plusOne)).toBe(false);
    expect(wrapMethod({}, 'x', 'test', plusOne)).toBe(false);
    const frozen = Object.freeze({ x: () => 1 });
    expect(wrapMethod(frozen, 'x', 'test', plusOne)).toBe(false);
    expect(frozen.x()).toBe(1);
  });
});

it('wrapGetter is told what a getter gives', () => {
  class Client {
    get part() {
      return { of: this };
    }
  }
  const seen: unknown[] = [];
  wrapGetter(Client.prototype, 'part', (value) => seen.push(value));
  wrapGetter(Client.prototype, 'part', (value) => seen.push(value));
  const client = new Client();
  const { part } = client;
  expect(part.of).toBe(client);
  expect(seen).toEqual([part]);
});

describe('withExport', () => {
  it('replaces in place where it can', () => {
    const exports = { a: 1 };
    expect(withExport(exports, 'a', 2)).toBe(exports);
    expect(exports.a).toBe(2);
    const getters = Object.defineProperty({}, 'a', { get: () => 1, configurable: true, enumerable: true });
    expect(withExport(getters, 'a', 2)).toBe(getters);
    expect((getters as { a: number }).a).toBe(2);
  });

  it('gives a view of exports that are fixed', () => {
    const fixed = Object.defineProperties(
      {},
      { a: { get: () => 1, enumerable: true }, b: { get: () => 3, enumerable: true } },
    );
    const view = withExport(fixed, 'a', 2);
    expect([view.a, view.b, Object.keys(view)]).toEqual([2, 3, ['a', 'b']]);
    expect((fixed as { a: number }).a).toBe(1);
  });
});
