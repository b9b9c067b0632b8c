import { textAfter, textBefore } from './surrounding-text.ts';

/** Matches a label directly before a number. The number may then have any grouping. */
const LABEL =
  /(?:phone|\btel\b|telef|téléf|telephone|mobile?|m[oó]vil|handy|cell|fax|whats.?app|\bsms\b|hotline|landline|rufnummer|portable)[^\n\d]{0,24}\s?$/i;
/** Matches a label directly after a number. */
const LABEL_AFTER = /^[\s\-,(]{0,3}(?:office|mobile|fax|home|cell|work|desk|phone|tel\b)/i;
/** Matches words that introduce a phone number in a sentence. The number must then be grouped like a phone number. */
const INTRODUCTION =
  /\b(?:call(?:ed|ing)?|dial|ring|reach|contact|answering|text(?:ed|ing)?|messages?|extension|registered|anrufen|llamar|appeler)\b[^\n\d]{0,28}$/i;

/** Matches words directly before an id. They take precedence over words further to the left. */
const ID =
  /\b(?:ids?|uuid|guid|sku|isbn|order|ticket|invoice|account|acct|case|tracking|serial|request|transaction|booking|rma)\b(?:\s?(?:id|no|nr|num(?:ber)?|code)\b\.?)?["'\\]{0,3}[\s:#=]{0,3}["'\\]{0,3}$/i;

/** The meaning of a number according to the words around it. */
export type PhoneContext = 'labelled' | 'introduced' | 'id' | 'none';

export function phoneContext(text: string, start: number, end: number, from: number): PhoneContext {
  const lead = textBefore(text, start, from, 44);
  if (ID.test(lead)) return 'id';
  if (LABEL.test(lead) || LABEL_AFTER.test(textAfter(text, end, 12))) return 'labelled';
  return INTRODUCTION.test(lead) ? 'introduced' : 'none';
}
