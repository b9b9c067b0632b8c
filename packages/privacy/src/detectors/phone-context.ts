import { after, before } from './near.ts';

/** Labels directly before a number of any shape. */
const LABEL =
  /(?:phone|\btel\b|telef|téléf|telephone|mobile?|m[oó]vil|handy|cell|fax|whats.?app|\bsms\b|hotline|landline|rufnummer|portable)[^\n\d]{0,24}\s?$/i;
/** Labels directly after it. */
const LABEL_BEHIND = /^[\s\-,(]{0,3}(?:office|mobile|fax|home|cell|work|desk|phone|tel\b)/i;
/** Words with which people give a number. The number must then be grouped the way phone numbers are. */
const TOLD =
  /\b(?:call(?:ed|ing)?|dial|ring|reach|contact|answering|text(?:ed|ing)?|messages?|extension|registered|anrufen|llamar|appeler)\b[^\n\d]{0,28}$/i;

/** Words that make the number directly after them an id, whatever stands further to the left. */
const ID =
  /\b(?:ids?|uuid|guid|sku|isbn|order|ticket|invoice|account|acct|case|tracking|serial|request|transaction|booking|rma)\b(?:\s?(?:id|no|nr|num(?:ber)?|code)\b\.?)?["'\\]{0,3}[\s:#=]{0,3}["'\\]{0,3}$/i;

/** How the surrounding words classify a number. */
export type PhoneContext = 'labelled' | 'told' | 'id' | 'none';

export function phoneContext(text: string, start: number, end: number, from: number): PhoneContext {
  const lead = before(text, start, from, 44);
  if (ID.test(lead)) return 'id';
  if (LABEL.test(lead) || LABEL_BEHIND.test(after(text, end, 12))) return 'labelled';
  return TOLD.test(lead) ? 'told' : 'none';
}
