import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { withExport, wrapGetter, wrapMethod } from './patch.ts';

const warnings: string[] = [];
beforeEach(() => {
  warnings.length = 0;
  vi.spyOn(console, 'warn').mockImplementation((text: string) => warnings.push(text));
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
  it('wraps a method of one instance and preserves class, private fields, name and length', () => {
    const service = new Service();
    expect(wrapMethod(service, 'double', 'test', plusOne)).toBe(true);
    expect(service.double(2)).toBe(5);
    expect(new Service().double(2)).toBe(4);
    expect(service).toBeInstanceOf(Service);
    expect([service.double.name, service.double.length, Object.keys(service)]).toEqual(['double', 1, []]);
  });

  it('wraps once, even if the prototype is already wrapped', () => {
    class Other extends Service {}
    wrapMethod(Other.prototype, 'double', 'test', plusOne);
    wrapMethod(Other.prototype, 'double', 'test', plusOne);
    const other = new Other();
    expect(wrapMethod(other, 'double', 'test', plusOne)).toBe(true);
    expect(other.double(2)).toBe(5);
  });

  it('does not wrap a method of another instrumentation and warns once', () => {
    const theirs = Object.assign((n: number) => n, { __wrapped: true, __original: (n: number) => n });
    const target = { call: theirs };
    expect(wrapMethod(target, 'call', 'pkg call', plusOne)).toBe(false);
    expect(wrapMethod(target, 'call', 'pkg call', plusOne)).toBe(false);
    expect(target.call).toBe(theirs);
    expect(warnings).toEqual([
      '[throughline] pkg call is already traced by another instrumentation and is not traced again',
    ]);
  });

  it('does nothing if the method is missing or the object is frozen', () => {
    expect(wrapMethod(undefined, 'x', 'test', plusOne)).toBe(false);
    expect(wrapMethod({}, 'x', 'test', plusOne)).toBe(false);
    const frozen = Object.freeze({ x: () => 1 });
    expect(wrapMethod(frozen, 'x', 'test', plusOne)).toBe(false);
    expect(frozen.x()).toBe(1);
  });
});

it('wrapGetter reports each value that the getter returns', () => {
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
  it('replaces a member in place if possible', () => {
    const exports = { a: 1 };
    expect(withExport(exports, 'a', 2)).toBe(exports);
    expect(exports.a).toBe(2);
    const getters = Object.defineProperty({}, 'a', { get: () => 1, configurable: true, enumerable: true });
    expect(withExport(getters, 'a', 2)).toBe(getters);
    expect((getters as { a: number }).a).toBe(2);
  });

  it('returns a copy if the exports cannot be changed', () => {
    const fixed = Object.defineProperties(
      {},
      { a: { get: () => 1, enumerable: true }, b: { get: () => 3, enumerable: true } },
    );
    const view = withExport(fixed, 'a', 2);
    expect([view.a, view.b, Object.keys(view)]).toEqual([2, 3, ['a', 'b']]);
    expect((fixed as { a: number }).a).toBe(1);
  });
});
