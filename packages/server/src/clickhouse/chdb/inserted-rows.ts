interface Group {
  readonly before: Promise<bigint>;
  running: number;
  expected: bigint;
  failed: boolean;
  /** A statement beside the loads inserted rows that nobody counted. */
  hasOthers: boolean;
  readonly inserted: Promise<bigint>;
  readonly settle: (inserted: Promise<bigint>) => void;
}

/**
 * Checks that loads inserted as many rows as they should. ClickHouse counts them for the whole process, so loads that
 * overlap are checked together, and none of them is done before the last one is.
 */
export class InsertedRows {
  readonly #count: () => Promise<bigint>;
  #group: Group | undefined;

  /** `count`: rows that statements of this process offered to tables so far. */
  constructor(count: () => Promise<bigint>) {
    this.#count = count;
  }

  /**
   * Runs an insert of so many rows. `wroteNothing`: whether an insert that failed so did not offer any rows.
   *
   * @throws Error where the count is another, or cannot be told because a load beside this one failed
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

  /** Runs an insert of any number of rows. Of loads at the same time, only a loss is noticed. */
  async uncounted(insert: () => Promise<unknown>): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    await this.#run(async (group) => {
      group.hasOthers = true;
      // A failure says nothing about the loads beside it.
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
    // Nobody may wait for it where all loads failed.
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
