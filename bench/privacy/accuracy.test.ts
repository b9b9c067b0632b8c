import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DATASET, measureAccuracy } from './accuracy.ts';

const isPresent = existsSync(DATASET);
if (!isPresent) {
  console.warn(
    `Skipped: ${DATASET} does not exist. Set THROUGHLINE_SHARED_DATA to the folder that contains pii/.`,
  );
}

/** Minimum share of labelled values that must be removed. */
const bar: Readonly<Record<string, number>> = {
  CREDIT_CARD: 0.99,
  EMAIL_ADDRESS: 0.99,
  PHONE_NUMBER: 0.97,
  US_SSN: 0.99,
  IBAN_CODE: 0.99,
  IP_ADDRESS: 0.99,
};

test.skipIf(!isPresent)('labelled values are removed and clean documents stay unchanged', () => {
  const { classes, cleanDocuments, cleanAltered } = measureAccuracy(DATASET);
  expect(classes.map(({ entity }) => entity).sort()).toEqual(Object.keys(bar).sort());
  for (const { entity, labelled, removed, spurious } of classes) {
    expect.soft(removed / labelled, `recall of ${entity}`).toBeGreaterThanOrEqual(bar[entity] ?? 1);
    expect.soft(spurious, `replacements without a label of ${entity}`).toBe(0);
  }
  expect(cleanDocuments).toBe(113);
  expect(cleanAltered).toEqual([]);
});
