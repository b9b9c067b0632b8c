import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSettler } from './settler.ts';

test('the time that a pass waits for another change does not delay the next pass', async () => {
  let nowMs = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  // Nothing is settled, because the file does not exist, so the store is not used.
  const unused = () => Promise.reject(new Error('the store is not used'));
  const settler = createSettler({ engine: { query: unused, write: unused } });
  const path = join(import.meta.dirname, 'no-such-file');
  const segment = { tables: [{ name: 'spans', path, rows: 1, structure: '' }] };

  const change = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const changed = settler.alone(() => {
    began.resolve();
    return change.promise;
  });
  await began.promise;
  const first = settler.settle(segment).catch(() => 'settled');
  // The change takes an hour, while the pass waits for its turn.
  const before = clock.mock.calls.length;
  setTimeout(() => {
    nowMs += 3_600_000;
    change.resolve();
  }, 400);
  await changed;
  expect(await first).toBe('settled');
  expect(clock.mock.calls.length).toBeGreaterThan(before);
  expect(await settler.settle(segment).catch(() => 'settled')).toBe('settled');
});
