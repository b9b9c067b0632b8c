import { describe, expect, test } from 'vitest';
import {
  addressWithoutView,
  afterChange,
  impliedView,
  isSameState,
  listState,
  viewAddress,
} from './view-address.ts';

const view = (id: string, search: Record<string, string>, isDefault = false) => ({
  id,
  isDefault,
  state: { version: 1, search },
});
const errors = view('e', { q: 'status:error', range: '7d' });
const all = view('a', {});

describe('what a view saves', () => {
  test('is every parameter but those of the place in the list', () => {
    const search = { project: 'p', view: 'v', peek: 't', live: '1', q: 'x', columns: 'name', later: 'yes' };
    expect(listState(search)).toEqual({ q: 'x', columns: 'name', later: 'yes' });
  });

  test('does not depend on the order of the parameters', () => {
    expect(isSameState({ q: 'x', sort: 'y' }, { sort: 'y', q: 'x' })).toBe(true);
    expect(isSameState({ q: 'x' }, { q: 'x', sort: 'y' })).toBe(false);
    expect(isSameState({ q: 'x' }, { sort: 'x' })).toBe(false);
  });

  test('cannot choose another project', () => {
    const hostile = view('h', { q: 'x', project: 'other', peek: 't' });
    expect(viewAddress(hostile, 'own')).toEqual({ q: 'x', project: 'own', view: 'h' });
  });
});

describe('the view that an address stands for', () => {
  const byDefault = { ...errors, isDefault: true };

  test('is the one that it names, if it contains no list', () => {
    expect(impliedView({ project: 'p', view: 'e' }, [all, errors])).toBe(errors);
    expect(impliedView({ project: 'p', view: 'e', q: 'other' }, [all, errors])).toBeUndefined();
    expect(impliedView({ project: 'p', view: 'gone' }, [all, errors])).toBeUndefined();
  });

  test('is the default if it names none and contains no list', () => {
    expect(impliedView({ project: 'p' }, [all, byDefault])).toBe(byDefault);
    expect(impliedView({ project: 'p' }, [all, errors])).toBeUndefined();
    expect(impliedView({ project: 'p', view: 'none' }, [byDefault])).toBeUndefined();
    expect(impliedView({ project: 'p', sort: 'startTime' }, [byDefault])).toBeUndefined();
  });

  test('a view without parameters is opened once', () => {
    expect(impliedView({ project: 'p', view: 'a' }, [all])).toBeUndefined();
    const allByDefault = { ...all, isDefault: true };
    expect(impliedView({ project: 'p' }, [allByDefault])).toBe(allByDefault);
    expect(impliedView(viewAddress(allByDefault, 'p'), [allByDefault])).toBeUndefined();
  });

  test.each([errors, all, byDefault])('is never implied by its own address', (each) => {
    expect(impliedView(viewAddress(each, 'p'), [each])).toBeUndefined();
    expect(impliedView(addressWithoutView('p', [each]), [each])).toBeUndefined();
  });
});

describe('a list that is changed', () => {
  test.each([
    ['stays without a view', { q: 'x' }, { q: 'y' }, { q: 'y' }],
    ['stays with its view', { q: 'x', view: 'v' }, { q: 'y' }, { q: 'y', view: 'v' }],
    ['leaves its view if nothing is left', { q: 'x', view: 'v' }, {}, { view: 'none' }],
    ['keeps an empty view', { view: 'v' }, { peek: 't' }, { peek: 't', view: 'v' }],
    ['forgets that it had none', { view: 'none' }, { q: 'y' }, { q: 'y' }],
    ['still has none', { view: 'none' }, { peek: 't' }, { peek: 't', view: 'none' }],
  ])('%s', (_what, before, next, expected) => {
    expect(afterChange(before, next)).toEqual(expected);
  });
});
