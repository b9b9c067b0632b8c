/** Deeper elements are shown as plain text. Parsers, React and browsers use the stack for each level. */
const MOST_LEVELS = 40;
/** Most list and quote markers at the start of a line. The time for parsing grows with their square. */
const MOST_MARKERS = 40;
/** Most characters of indentation before or between those markers. Each level of a list takes at least two. */
const MOST_INDENT = 100;
/** Most delimiters of emphasis, links and images in one block. The time for parsing grows with their square. */
const MOST_DELIMITERS = 1000;

const MARKER = /[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))/y;
const DELIMITERS = /[*_]+|~+|!?\[/g;
const BLANK_LINES = /\n[ \t>]*\n/;

/** Whether a text would take too long to parse as Markdown, or is nested deeper than a person would write. */
export function isTooComplex(text: string): boolean {
  return (
    text.split('\n').some(startsTooDeep) ||
    text.split(BLANK_LINES).some((block) => (block.match(DELIMITERS)?.length ?? 0) > MOST_DELIMITERS)
  );
}

function startsTooDeep(line: string): boolean {
  MARKER.lastIndex = 0;
  let [markers, indent] = [0, 0];
  for (let found = MARKER.exec(line); found; found = MARKER.exec(line)) {
    markers += 1;
    indent += found[0].length - 1;
    if (markers > MOST_MARKERS || indent > MOST_INDENT) return true;
  }
  return false;
}

/** A node of the tree that remark parses. */
interface MarkdownNode {
  readonly type: string;
  readonly position?: { readonly start: Point; readonly end: Point };
  children?: MarkdownNode[];
  value?: string;
}

interface Point {
  readonly offset?: number;
}

/** These are parts of the element around them, which is replaced as a whole. */
const PARTS: ReadonlySet<string> = new Set(['paragraph', 'heading', 'listItem', 'tableRow', 'tableCell']);

/** A plugin of remark that replaces elements that are nested too deep by their text. It does not use the stack. */
export function limitDepth() {
  return (root: MarkdownNode, file: { readonly value: unknown }): void => {
    const source = String(file.value);
    let level = [root];
    for (let depth = 1; level.length > 0; depth++) {
      if (depth >= MOST_LEVELS) for (const node of level) replaceElements(node, source);
      level = level.flatMap(({ children = [] }) => children);
    }
  };
}

function replaceElements(parent: MarkdownNode, source: string): void {
  if (parent.children === undefined) return;
  parent.children = parent.children.map((child) => {
    const { type, position, children } = child;
    if (children === undefined || PARTS.has(type)) return child;
    return { type: 'text', value: source.slice(position?.start.offset, position?.end.offset) };
  });
}
