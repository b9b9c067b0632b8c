import type { SourceFile } from './scan-imports.ts';

/** Groups of files that import each other, directly or through others. Tarjan's algorithm. */
export function findCircles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const order = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  const visit = (path: string): number => {
    order.set(path, order.size);
    let low = order.size - 1;
    stack.push(path);
    for (const next of byPath.get(path)?.files ?? []) {
      if (!byPath.has(next)) continue;
      if (!order.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, order.get(next) as number);
    }
    if (low === order.get(path)) {
      const circle = stack.splice(stack.indexOf(path));
      if (circle.length > 1 || byPath.get(path)?.files.includes(path)) circles.push(circle.sort());
    }
    return low;
  };
  for (const { path } of files) if (!order.has(path)) visit(path);
  return circles;
}
