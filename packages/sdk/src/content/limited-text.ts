import type { TextLimits } from '../core/text-limits.ts';

/** Extra characters kept before masking, so that truncation does not split something that the mask would replace. */
const MASK_SLACK = 2_000;
const BASE64_HEAD = 256;
const BASE64 = /^[A-Za-z0-9+/_-]{256}$/;

/** Replaces base64 data according to `media`, then masks the text. The result is truncated only if there is a mask. */
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

/** Returns a note with type and size for a data URL or a long base64 text; undefined for any other text. */
export function mediaNote(text: string): string | undefined {
  const url = text.startsWith('data:')
    ? /^data:([^;,]{0,100})[^,]{0,200};base64,/.exec(text.slice(0, 400))
    : null;
  if (url !== null)
    return `[${url[1] || 'data'}, ${Math.floor(((text.length - url[0].length) * 3) / 4)} bytes]`;
  if (text.length <= BASE64_HEAD || !BASE64.test(text.slice(0, BASE64_HEAD))) return undefined;
  return `[base64, ${Math.floor((text.length * 3) / 4)} bytes]`;
}

/** Truncates a text without splitting a surrogate pair, and appends a note with its original length. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const note = `… [${text.length} characters]`;
  let end = Math.max(0, maxCharacters - note.length);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  return text.slice(0, end) + note;
}
