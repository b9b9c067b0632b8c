import { after, before } from './near.ts';

/** Labels that stand directly before a number of any shape, or directly behind it. */
const LABEL =
  /(?:phone|\btel\b|telef|téléf|telephone|mobile?|m[oó]vil|handy|cell|fax|whats.?app|\bsms\b|hotline|landline|rufnummer|portable)[^\n\d]{0,24}\s?$/i;
const LABEL_BEHIND = /^[\s\-,(]{0,3}(?:office|mobile|fax|home|cell|work|desk|phone|tel\b)/i;
/** Words of people who tell a number; numbers must then be grouped the way phone numbers are. */
const TOLD =
  /\b(?:call(?:ed|ing)?|dial|ring|reach|contact|answering|text(?:ed|ing)?|messages?|extension|registered|anrufen|llamar|appeler)\b[^\n\d]{0,28}$/i;

/** How sure the surrounding words make it that a number is a phone number. */
export type PhoneContext = 'labelled' | 'told' | 'none';

export function phoneContext(text: string, start: number, end: number, from: number): PhoneContext {
  const lead = before(text, start, from, 44);
  if (LABEL.test(lead) || LABEL_BEHIND.test(after(text, end, 12))) return 'labelled';
  return TOLD.test(lead) ? 'told' : 'none';
}
