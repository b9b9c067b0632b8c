import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { openClock } from './clock.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-clock-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const SECOND = 1_000_000_000n;
const YEAR = 365n * 86_400n * SECOND;
const NOW = 1_795_000_000n * SECOND;

test('it follows the system clock and never returns a value twice', async () => {
  const folder = await temporaryFolder();
  let system = NOW;
  const clock = openClock(folder, () => system);
  expect([clock.now(), clock.now(), clock.aheadNs]).toEqual([NOW, NOW + 16n, 0n]);
  system += SECOND;
  expect(clock.now()).toBe(NOW + SECOND);
  system -= YEAR;
  expect(clock.now()).toBe(NOW + SECOND + 16n);
});

test('after a stop it continues where it ended, even if the system clock was set back', async () => {
  const folder = await temporaryFolder();
  const first = openClock(folder, () => NOW);
  const last = first.now();
  first.close();
  const second = openClock(folder, () => NOW - YEAR);
  expect(second.aheadNs).toBe(YEAR + 1n);
  expect(second.now()).toBe(last + 17n);
  second.close();
  expect(openClock(folder, () => NOW + SECOND).now()).toBe(NOW + SECOND);
});

test('a run without any version does not lose the previous end', async () => {
  const folder = await temporaryFolder();
  const first = openClock(folder, () => NOW);
  first.now();
  first.close();
  openClock(folder, () => 0n).close();
  expect(openClock(folder, () => 0n).now()).toBeGreaterThan(NOW);
});

test('each version is higher than all before, with any sequence of kills, stops and changes of the system clock', async () => {
  const step = fc.record({
    setBy: fc.bigInt({ min: -YEAR, max: YEAR }),
    versions: fc.integer({ min: 0, max: 30 }),
    passes: fc.bigInt({ min: 0n, max: 20n * SECOND }),
    end: fc.constantFrom('kill', 'stop'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (lives) => {
      const folder = await temporaryFolder();
      let system = NOW;
      let last = 0n;
      for (const { setBy, versions, passes, end } of lives) {
        system += setBy;
        const clock = openClock(folder, () => system);
        for (let count = 0; count < versions; count++) {
          system += passes;
          const version = clock.now();
          expect(version).toBeGreaterThan(last);
          expect(version).toBeGreaterThanOrEqual(system);
          last = version;
        }
        if (end === 'stop') clock.close();
      }
    }),
    { numRuns: 60 },
  );
});

test('repeated kills do not move it away from the system clock by more than ten seconds', async () => {
  const folder = await temporaryFolder();
  let system = NOW;
  for (let life = 0; life < 200; life++) {
    system += SECOND;
    const clock = openClock(folder, () => system);
    for (let count = 0; count < 50; count++) clock.now();
    expect(clock.now() - system).toBeLessThan(11n * SECOND);
  }
});

test.each(['', 'soon', '-5', '1e30', '99999999999999999999', '9223372036854775808', '\0\0\0\0'])(
  'the invalid file content %j is ignored',
  async (text) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'clock'), text);
    const clock = openClock(folder, () => NOW);
    expect([clock.now(), clock.aheadNs]).toEqual([NOW, 0n]);
  },
);

test('it works if its file cannot be written, and writes it once it can', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'clock'));
  let system = NOW;
  const clock = openClock(folder, () => system);
  expect(clock.now()).toBe(NOW);
  await rm(join(folder, 'clock'), { recursive: true });
  system += 2n * SECOND;
  expect(clock.now()).toBe(system);
  expect(await readFile(join(folder, 'clock'), 'utf8')).toBe(`${system + 10n * SECOND}\n`);
});
