/** A node of a syntax tree as `EXPLAIN AST` prints it: `Function plus (alias sum) (children 1)`. */
export interface SyntaxNode {
  /** `Function` */
  readonly type: string;
  /** `plus`: everything between the type and the parentheses. */
  readonly text: string;
  readonly children: readonly SyntaxNode[];
}

const LINE =
  /^( *)([A-Za-z]+)(?: +(?!\((?:alias|children) )(.*?))?(?: \(alias (\w+)\))?(?: \(children (\d+)\))?$/;

/**
 * Reads the lines of `EXPLAIN AST`. Undefined if they are not exactly one tree in which every node has the number of children
 * that it states.
 */
export function readSyntaxTree(lines: readonly string[]): SyntaxNode | undefined {
  let at = 0;
  const read = (depth: number): SyntaxNode | undefined => {
    const found = LINE.exec(lines[at] ?? '');
    if (!found || found[1]?.length !== depth) return undefined;
    at++;
    const [, , type = '', text = '', , count = '0'] = found;
    const children: SyntaxNode[] = [];
    for (let index = 0; index < Number(count); index++) {
      const child = read(depth + 1);
      if (!child) return undefined;
      children.push(child);
    }
    return { type, text, children };
  };
  const root = read(0);
  return root && at === lines.length ? root : undefined;
}
