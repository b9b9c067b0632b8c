import { describe, expect, it } from 'vitest';
import { newRowKeys, touches } from './new-row-keys.ts';

const row = (key: string, startTime = '2026-11-20T12:00:00.000000000Z') => ({ key, startTime });

describe('new rows', () => {
  it('are those that the list does not show yet, each once', () => {
    expect(newRowKeys([row('a'), row('b'), row('b')], new Set(['a']), undefined)).toEqual(['b']);
  });

  it('do not include rows that belong to pages that are not loaded', () => {
    const older = row('old', '2026-11-20T10:00:00.000000000Z');
    expect(newRowKeys([row('a'), older], new Set(), '2026-11-20T11:00:00.000000000Z')).toEqual(['a']);
  });

  it('touch the list if it shows one of the keys', () => {
    expect(touches(['x', 'a'], new Set(['a']))).toBe(true);
    expect(touches(['x', null], new Set(['a']))).toBe(false);
  });
});
