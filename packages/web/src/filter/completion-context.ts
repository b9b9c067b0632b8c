const isSpaceCharacter = (character: string): boolean => /\s/.test(character);

/** The syntax around the caret of a filter, and the characters that a completion replaces. */
export interface CompletionContext {
  /** `name`: a field, a function or a keyword. `value`: a value of `subject`. `none`: quoted text or the like. */
  readonly kind: 'name' | 'value' | 'none';
  /** The characters before the caret that belong to it, without quotation marks. */
  readonly prefix: string;
  readonly from: number;
  readonly to: number;
  /** Field to which the value belongs, as written in the filter. */
  readonly subject?: string;
  /** Whether the caret is in a function such as `has(…)`, which accepts only fields of spans. */
  readonly ofSpan: boolean;
  /** Whether the value is in a list such as `feature:(search OR chat)`. */
  readonly inList: boolean;
}

/** A parenthesis that is open at the caret. */
interface Open {
  /** Field of a list of values. */
  readonly subject?: string | undefined;
  readonly ofSpan: boolean;
}

const SUBJECT = String.raw`[A-Za-z]\w*(?:\.(?:"[^"]*"|[^\s:<>=()"*]+))?`;
const CONDITION = new RegExp(`^(-*(${SUBJECT})(?::(?:>=|<=|>|<|=)?|>=|<=|>|<|=))(.*)$`, 's');
const LIST = new RegExp(`^-*(${SUBJECT}):$`);
const FUNCTION = /^-*(?:has|root|parent|under|count)$/i;
const NAME = /^(-*)([A-Za-z][\w.]*)?$/;

/** Finds what the user is typing. Only the text before the caret and the word around it count; it may be incomplete. */
export function completionContext(text: string, caret: number): CompletionContext {
  const open: Open[] = [];
  let start = 0;
  let quoted = false;
  for (let at = 0; at < caret; at += 1) {
    const character = text[at] as string;
    if (quoted) {
      if (character === '\\') at += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '(') {
      const before = text.slice(start, at);
      const ofSpan = (open.at(-1)?.ofSpan ?? false) || FUNCTION.test(before);
      open.push({ subject: LIST.exec(before)?.[1], ofSpan });
      start = at + 1;
    } else if (character === ')') {
      open.pop();
      start = at + 1;
    } else if (isSpaceCharacter(character)) start = at + 1;
  }
  const token = text.slice(start, caret);
  const to = endOfToken(text, caret, quoted);
  const innermost = open.at(-1);
  const common = { to, ofSpan: innermost?.ofSpan ?? false, inList: innermost?.subject !== undefined };
  const [, head = '', subject, value = ''] = CONDITION.exec(token) ?? [];
  if (subject !== undefined)
    return { ...common, kind: 'value', subject, prefix: unquoted(value), from: start + head.length };
  if (innermost?.subject !== undefined)
    return { ...common, kind: 'value', subject: innermost.subject, prefix: unquoted(token), from: start };
  const [, minus = '', name = ''] = NAME.exec(token) ?? [];
  return NAME.test(token)
    ? { ...common, kind: 'name', prefix: name, from: start + minus.length }
    : { ...common, kind: 'none', prefix: '', from: caret, to: caret };
}

function endOfToken(text: string, caret: number, quoted: boolean): number {
  for (let at = caret; at < text.length; at += 1) {
    const character = text[at] as string;
    if (quoted) {
      if (character === '"') return at + 1;
    } else if (isSpaceCharacter(character) || character === '(' || character === ')') return at;
  }
  return text.length;
}

/** A value without quotation marks and escapes. The closing quotation mark may be missing. */
function unquoted(value: string): string {
  return value
    .replace(/^"/, '')
    .replace(/(?<!\\)"$/, '')
    .replace(/\\(["\\])/g, '$1');
}
