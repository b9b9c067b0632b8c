import { endOfTokens, estimateTokens, formatCount } from '@throughline/spans';

/** Tokens of the note below a text that was cut. */
const NOTE_TOKENS = 40;

/** The beginning of a text within a budget. If it is cut, `howToContinue` follows, with the index of the next character. */
export function cutText(
  text: string,
  maxTokens: number,
  howToContinue: (offset: number) => string,
  from = 0,
): string {
  const rest = from === 0 ? text : text.slice(from);
  if (estimateTokens(rest) <= maxTokens) return rest;
  const end = endOfTokens(rest, Math.max(0, maxTokens - NOTE_TOKENS));
  const left = formatCount(rest.length - end);
  return `${rest.slice(0, end)}\n[cut; ${left} more characters: ${howToContinue(from + end)}]`;
}

/** Share of the budget for the beginning of a text whose middle is left out. The end of a conversation matters more. */
const HEAD_SHARE = 0.25;

/** The beginning and the end of a text within a budget. If it is cut, `howToContinue` is between them. */
export function cutMiddle(
  text: string,
  maxTokens: number,
  howToContinue: (offset: number) => string,
): string {
  const tokens = estimateTokens(text);
  if (tokens <= maxTokens) return text;
  const kept = Math.max(0, maxTokens - NOTE_TOKENS);
  const headEnd = endOfTokens(text, Math.floor(kept * HEAD_SHARE));
  const tailStart = endOfTokens(text, tokens - Math.floor(kept * (1 - HEAD_SHARE)));
  const left = formatCount(tailStart - headEnd);
  return `${text.slice(0, headEnd)}\n[${left} characters left out: ${howToContinue(headEnd)}]\n${text.slice(tailStart)}`;
}
