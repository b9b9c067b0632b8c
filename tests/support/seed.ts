/**
 * Seed of all random values in tests. It is fixed, so that a run of `npm test` can be repeated. `npm run test:random` sets a
 * different one through `THROUGHLINE_SEED`.
 */
export const SEED = readSeed(process.env.THROUGHLINE_SEED);

function readSeed(text = ''): number {
  if (text === '') return 20_261_118;
  const seed = Number(text);
  // fast-check accepts a signed integer of 32 bits.
  if (Number.isInteger(seed) && Math.abs(seed) < 2 ** 31) return seed;
  throw new Error(`THROUGHLINE_SEED is ${JSON.stringify(text)}; expected an integer of 32 bits.`);
}
