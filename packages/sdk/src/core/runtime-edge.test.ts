import { AsyncLocalStorage } from 'node:async_hooks';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createContextManager } from './runtime-edge.ts';

const KEY = createContextKey('value');
const one = ROOT_CONTEXT.setValue(KEY, 1);
const two = ROOT_CONTEXT.setValue(KEY, 2);

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('the context manager of edge runtimes', () => {
  it.each([
    ['a global', () => vi.stubGlobal('AsyncLocalStorage', AsyncLocalStorage)],
    ['a module', () => {}],
  ])('keeps the context across awaits if AsyncLocalStorage is %s', async (_, prepare) => {
    prepare();
    const manager = createContextManager();
    const read = async () => {
      await Promise.resolve();
      return manager.active().getValue(KEY);
    };
    const both = await Promise.all([manager.with(one, read), manager.with(two, read)]);
    expect(both).toEqual([1, 2]);
    expect(manager.active()).toBe(ROOT_CONTEXT);
  });

  it('binds functions without changing their name, length or this', () => {
    const manager = createContextManager();
    function ask(this: { readonly name: string }, question: string) {
      return `${this.name} ${question} ${manager.active().getValue(KEY)}`;
    }
    const bound = manager.bind(one, ask);
    expect([bound.name, bound.length, bound.call({ name: 'Ann' }, 'why')]).toEqual(['ask', 1, 'Ann why 1']);
  });

  it('keeps the context until the first await without AsyncLocalStorage, and warns once', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    vi.stubGlobal('process', undefined);
    const manager = createContextManager();
    const seen = await manager.with(one, async () => {
      const before = manager.active().getValue(KEY);
      await null;
      return [before, manager.active().getValue(KEY)];
    });
    expect(seen).toEqual([1, undefined]);
    createContextManager();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toContain('AsyncLocalStorage');
  });
});
