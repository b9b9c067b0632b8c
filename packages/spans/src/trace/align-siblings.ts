import type { Alignment, StepPair } from './alignment.ts';

type KeyOf<Item> = (item: Item) => number | undefined;
type Group = string | number | undefined;

/**
 * Pairs steps without a partner below one span of a trace with those below the corresponding span of another trace, by each
 * of the keys in turn. Returns the new pairs.
 *
 * If a key occurs more often on one side, steps in the same place are preferred: between the same two pairs. The result does
 * not depend on which trace comes first.
 */
export function alignSiblings<Item>(
  a: readonly Item[],
  b: readonly Item[],
  keys: readonly KeyOf<Item>[],
  alignment: Alignment<Item>,
): StepPair<Item>[] {
  const added: StepPair<Item>[] = [];
  if (a.length === 0 || b.length === 0) return added;
  const pairUp = (groupsA: Groups<Item>, groupsB: Groups<Item>, onlyEqual: boolean) => {
    for (const [group, itemsA] of groupsA) {
      const itemsB = groupsB.get(group) ?? [];
      if (onlyEqual && itemsA.length !== itemsB.length) continue;
      itemsA.slice(0, itemsB.length).forEach((item, i) => {
        const partner = itemsB[i] as Item;
        if (alignment.pair(item, partner)) added.push([item, partner]);
      });
    }
  };
  for (const keyOf of keys) {
    const openA = a.filter((item) => alignment.ofA(item) === undefined);
    const openB = b.filter((item) => alignment.ofB(item) === undefined);
    if (openA.length === 0 || openB.length === 0) break;
    pairUp(groupBy(openA, keyOf), groupBy(openB, keyOf), true);
    const [placeA, placeB] = placesOf(a, b, alignment);
    const restA = openA.filter((item) => alignment.ofA(item) === undefined);
    const restB = openB.filter((item) => alignment.ofB(item) === undefined);
    const inPlace = (places: ReadonlyMap<Item, number>) => (item: Item) => {
      const key = keyOf(item);
      return key === undefined ? undefined : `${places.get(item)} ${key}`;
    };
    pairUp(groupBy(restA, inPlace(placeA)), groupBy(restB, inPlace(placeB)), false);
    const isOpenA = (item: Item) => alignment.ofA(item) === undefined;
    const isOpenB = (item: Item) => alignment.ofB(item) === undefined;
    pairUp(groupBy(restA.filter(isOpenA), keyOf), groupBy(restB.filter(isOpenB), keyOf), false);
  }
  return added;
}

type Groups<Item> = ReadonlyMap<Group, readonly Item[]>;

function groupBy<Item>(items: readonly Item[], groupOf: (item: Item) => Group): Groups<Item> {
  const groups = new Map<Group, Item[]>();
  for (const item of items) {
    const group = groupOf(item);
    if (group === undefined) continue;
    const members = groups.get(group);
    if (members) members.push(item);
    else groups.set(group, [item]);
  }
  return groups;
}

/**
 * Numbers the places between pairs that are in the same order on both sides: pairs that no other pair crosses.
 * Steps with the same number are between the same two pairs.
 */
function placesOf<Item>(
  a: readonly Item[],
  b: readonly Item[],
  alignment: Alignment<Item>,
): readonly [ReadonlyMap<Item, number>, ReadonlyMap<Item, number>] {
  const indexInB = new Map(b.map((item, index) => [item, index]));
  const paired = a.flatMap((item) => {
    const partner = alignment.ofA(item);
    const index = partner === undefined ? undefined : indexInB.get(partner);
    return index === undefined ? [] : { item, index };
  });
  const leastAfter = new Array<number>(paired.length + 1).fill(Number.POSITIVE_INFINITY);
  for (let i = paired.length - 1; i >= 0; i--)
    leastAfter[i] = Math.min(leastAfter[i + 1] ?? 0, paired[i]?.index ?? 0);
  const fixed = new Set<Item>();
  let greatest = -1;
  for (const [i, { item, index }] of paired.entries()) {
    if (greatest < index && index < (leastAfter[i + 1] ?? 0)) {
      fixed.add(item);
      fixed.add(b[index] as Item);
    }
    greatest = Math.max(greatest, index);
  }
  return [numberPlaces(a, fixed), numberPlaces(b, fixed)];
}

function numberPlaces<Item>(items: readonly Item[], fixed: ReadonlySet<Item>): ReadonlyMap<Item, number> {
  let place = 0;
  return new Map(items.map((item) => [item, fixed.has(item) ? ++place : place]));
}
