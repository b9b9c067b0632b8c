export interface TextLimits {
  /** Characters of the result. */
  readonly maxCharacters: number;
  /** What binary content in base64 becomes. */
  readonly media: 'keep' | 'drop';
  /** Replaces a text; undefined where nothing is masked. */
  readonly mask?: ((text: string) => string) | undefined;
  /** Replaces a text or plain JSON before the mask sees it. */
  readonly redact?: ((value: unknown) => unknown) | undefined;
}

/** Cut only so far before masking, so that nothing that the mask would find is cut in two within the limit. */
const MASK_SLACK = 2_000;
const BASE64_HEAD = 256;
const BASE64 = /^[A-Za-z0-9+/_-]{256}$/;

/** A text as it may be sent: binary data noted or kept, masked, within the limit where it is masked. */
export function cleaned(text: string, limits: TextLimits): string {
  if (limits.media === 'drop' || text.length > limits.maxCharacters) {
    const note = mediaNote(text);
    if (note !== undefined) return note;
  }
  if (limits.mask === undefined) return text;
  const bound = limits.maxCharacters + MASK_SLACK;
  const masked = limits.mask(text.length > bound ? text.slice(0, bound) : text);
  return masked.length > limits.maxCharacters ? cut(masked, limits.maxCharacters) : masked;
}

export function redactedText(text: string, { redact, maxCharacters }: TextLimits): string {
  if (redact === undefined) return text;
  const bound = maxCharacters + MASK_SLACK;
  const redacted = redact(text.length > bound ? text.slice(0, bound) : text);
  return typeof redacted === 'string' ? redacted : String(redacted);
}

/** For a data URL or a long run of base64: what it was and how large. */
export function mediaNote(text: string): string | undefined {
  const url = text.startsWith('data:')
    ? /^data:([^;,]{0,100})[^,]{0,200};base64,/.exec(text.slice(0, 400))
    : null;
  if (url !== null)
    return `[${url[1] || 'data'}, ${Math.floor(((text.length - url[0].length) * 3) / 4)} bytes]`;
  if (text.length <= BASE64_HEAD || !BASE64.test(text.slice(0, BASE64_HEAD))) return undefined;
  return `[base64, ${Math.floor((text.length * 3) / 4)} bytes]`;
}

/** At most so many characters, no half of a surrogate pair at the end, and a note of what is missing. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const note = `… [${text.length} characters]`;
  let end = Math.max(0, maxCharacters - note.length);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  return text.slice(0, end) + note;
}
