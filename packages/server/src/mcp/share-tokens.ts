/**
 * Divides a budget between texts of these sizes. No text gets more than its size, and what small texts do not need is shared
 * by the others.
 */
export function shareTokens(sizes: readonly number[], budget: number): number[] {
  const shares = sizes.map(() => 0);
  const bySize = sizes.map((size, index) => ({ size, index })).sort((a, b) => a.size - b.size);
  let left = Math.max(0, budget);
  bySize.forEach(({ size, index }, position) => {
    const share = Math.min(size, Math.floor(left / (bySize.length - position)));
    shares[index] = share;
    left -= share;
  });
  return shares;
}
