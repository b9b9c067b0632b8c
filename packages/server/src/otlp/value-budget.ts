import { Rejection } from './rejection.ts';

/**
 * Maximum nesting of arrays and key-value lists in one attribute. Protobuf parsers stop at 100 nested messages, which is
 * 33 such levels (value, list, entry). Real values reach 5.
 */
export const MAX_DEPTH = 32;

/**
 * Maximum number of attribute values (including nested ones), events and links of one record. An empty one takes two
 * bytes in the request and about a hundred in memory, so 64 MiB of them would take gigabytes. SDKs stop at 128 of each.
 */
export const MAX_VALUES = 100_000;

/** Counts the values of one record while it is decoded, and checks their depth. */
export class ValueBudget {
  #left = MAX_VALUES;

  reset(): void {
    this.#left = MAX_VALUES;
  }

  /** @throws Rejection */
  take(): void {
    if (--this.#left < 0)
      throw new Rejection('too-many-values', `more than ${MAX_VALUES} attribute values, events and links`);
  }

  /** @throws Rejection */
  checkDepth(depth: number): void {
    if (depth > MAX_DEPTH)
      throw new Rejection('nested-too-deep', `an attribute is nested more than ${MAX_DEPTH} levels deep`);
  }
}
