import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { compileRedactor, DEFAULT_RULES } from '@throughline/privacy';

/** Path of the labelled documents, which are not part of the repository. */
export const DATASET = resolve(
  process.env.THROUGHLINE_SHARED_DATA ?? resolve(import.meta.dirname, '../../../shared/data'),
  'pii/synth_dataset_v2.json',
);

/** One labelled document of the data set. */
interface LabelledDocument {
  readonly full_text: string;
  readonly spans: readonly {
    readonly entity_type: string;
    readonly entity_value: string;
    readonly start_position: number;
    readonly end_position: number;
  }[];
}

/** Accuracy of the redactor for one class of labelled values. */
export interface ClassAccuracy {
  readonly entity: string;
  readonly labelled: number;
  /** Number of labelled values that were removed from the text, with only the rules of this class on. */
  readonly removed: number;
  /** Number of replacements that cover no labelled value of this class. */
  readonly spurious: number;
  /** Documents that match the labels exactly: each value is a placeholder, and all other characters are unchanged. */
  readonly exactDocuments: number;
  readonly documents: number;
}

export interface Accuracy {
  readonly classes: readonly ClassAccuracy[];
  readonly cleanDocuments: number;
  /** Documents without any label that the default rules changed. */
  readonly cleanAltered: readonly string[];
}

const CLASSES: readonly (readonly [entity: string, ruleIds: readonly string[], label: string])[] = [
  ['CREDIT_CARD', ['payment-card'], 'CARD'],
  ['EMAIL_ADDRESS', ['email'], 'EMAIL'],
  ['PHONE_NUMBER', ['phone'], 'PHONE'],
  ['US_SSN', ['us-ssn'], 'SSN'],
  ['IBAN_CODE', ['iban'], 'IBAN'],
  ['IP_ADDRESS', ['ipv4', 'ipv6'], 'IP'],
];

/** Measures recall and precision on `pii/synth_dataset_v2.json` of presidio-research. */
export function measureAccuracy(file: string): Accuracy {
  const documents = JSON.parse(readFileSync(file, 'utf8')) as readonly LabelledDocument[];
  const redact = compileRedactor(DEFAULT_RULES);
  const clean = documents.filter(({ spans }) => spans.length === 0);
  return {
    classes: CLASSES.map(([entity, ruleIds, label]) => measureClass(documents, entity, ruleIds, label)),
    cleanDocuments: clean.length,
    cleanAltered: clean.map((document) => document.full_text).filter((text) => redact(text).value !== text),
  };
}

function measureClass(
  documents: readonly LabelledDocument[],
  entity: string,
  ruleIds: readonly string[],
  label: string,
): ClassAccuracy {
  const redact = compileRedactor(DEFAULT_RULES.filter(({ id }) => ruleIds.includes(id)));
  const totals = { labelled: 0, removed: 0, spurious: 0, exactDocuments: 0, documents: 0 };
  for (const { full_text: text, spans } of documents) {
    const own = spans.filter((span) => span.entity_type === entity);
    const { value, counts } = redact(text);
    const removed = own.filter((span) => !value.includes(span.entity_value)).length;
    const replaced = counts.reduce((sum, { count }) => sum + count, 0);
    const expected = [...own]
      .sort((a, b) => b.start_position - a.start_position)
      .reduce(
        (rest, span) => `${rest.slice(0, span.start_position)}[${label}]${rest.slice(span.end_position)}`,
        text,
      );
    totals.labelled += own.length;
    totals.removed += removed;
    totals.spurious += Math.max(0, replaced - removed);
    if (own.length === 0) continue;
    totals.documents++;
    if (value === expected) totals.exactDocuments++;
  }
  return { entity, ...totals };
}
