interface Group {
  readonly before: Promise<bigint>;
  running: number;
  expected: bigint;
  failed: boolean;
  /** An overlapping statement inserted an unknown number of rows. */
  hasOthers: boolean;
  readonly inserted: Promise<bigint>;
  readonly settle: (inserted: Promise<bigint>) => void;
}

/**
 * Checks that loads insert the expected number of rows. ClickHouse counts rows for the whole process, so overlapping
 * loads are checked together and resolve only after the last of them has ended.
 */
export class InsertedRows {
  readonly #count: () => Promise<bigint>;
  #group: Group | undefined;

  /** `count` returns the number of rows that statements of this process have offered to tables so far. */
  constructor(count: () => Promise<bigint>) {
    this.#count = count;
  }

  /**
   * Runs an insert of `rows` rows. `wroteNothing` returns true for errors of an insert that did not offer any rows.
   *
   * @throws Error if the number differs, or is unknown because an overlapping load failed
   */
  async check(
    rows: number,
    insert: () => Promise<unknown>,
    wroteNothing: (error: unknown) => boolean = () => false,
  ): Promise<void> {
    const group = await this.#run(async (current) => {
      await insert();
      current.expected += BigInt(rows);
    }, wroteNothing);
    const inserted = await group.inserted;
    if (group.failed) throw new Error('a load at the same time failed, so the rows cannot be counted');
    const isRight = group.hasOthers ? inserted >= group.expected : inserted === group.expected;
    if (!isRight) throw new Error(`${group.expected} rows expected, ${inserted} read`);
  }

  /** Runs an insert of an unknown number of rows. For overlapping loads, only missing rows are noticed then. */
  async uncounted(insert: () => Promise<unknown>): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    await this.#run(async (group) => {
      group.hasOthers = true;
      // A failure does not affect overlapping loads.
      await insert().catch((error: unknown) => {
        failure = { error };
      });
    });
    if (failure) throw failure.error;
  }

  async #run(
    insert: (group: Group) => Promise<void>,
    wroteNothing: (error: unknown) => boolean = () => false,
  ): Promise<Group> {
    this.#group ??= this.#begin();
    const group = this.#group;
    group.running++;
    try {
      await group.before;
      await insert(group);
      return group;
    } catch (error) {
      if (!wroteNothing(error)) group.failed = true;
      throw error;
    } finally {
      if (--group.running === 0) {
        this.#group = undefined;
        group.settle(this.#since(group));
      }
    }
  }

  #begin(): Group {
    const { promise, resolve } = Promise.withResolvers<bigint>();
    // If all loads failed, nothing awaits this promise.
    promise.catch(() => {});
    return {
      before: this.#count(),
      running: 0,
      expected: 0n,
      failed: false,
      hasOthers: false,
      inserted: promise,
      settle: resolve,
    };
  }

  async #since({ before }: Group): Promise<bigint> {
    return (await this.#count()) - (await before);
  }
}
