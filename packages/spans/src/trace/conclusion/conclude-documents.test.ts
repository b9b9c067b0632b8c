import { describe, expect, it } from 'vitest';
import type { Document } from '../../model/content.ts';
import { type AnsweredPrompt, concludeDocuments, type FoundDocuments } from './conclude-documents.ts';
import { textOf } from './sentence.ts';

const at = (second: number) => `2026-11-20T10:00:${String(second).padStart(2, '0')}.000000000Z`;
const RETURNS =
  'Items can be returned within thirty days of delivery if they are unused and in their original box.';
const REFUNDS =
  'Refunds reach the card that was charged after five working days, or after ten days for transfers.';
const SHIPPING =
  'Orders above forty euros ship for free to every country of the union, others cost four euros.';

const search = (documents: readonly Document[], second = 0): FoundDocuments => ({
  spanId: 's',
  name: 'search',
  startTime: at(second),
  documents,
});
const answered = (prompt: string, answer = '', second = 5): AnsweredPrompt => ({
  spanId: 'c',
  startTime: at(second),
  prompt,
  answer,
});
const says = (searches: readonly FoundDocuments[], calls: readonly AnsweredPrompt[]) => {
  const found = concludeDocuments(searches, calls);
  return found && textOf(found);
};

const THREE: readonly Document[] = [
  { id: 'shipping', content: SHIPPING, score: 0.41 },
  { id: 'returns', content: RETURNS, score: 0.93 },
  { id: 'refunds', content: REFUNDS, score: 0.62 },
];

describe('the conclusion about documents', () => {
  it('names the best document if it never reached a prompt', () => {
    expect(says([search(THREE)], [answered(`Context:\n- ${SHIPPING}\n- ${REFUNDS}\nQuestion?`)])).toBe(
      'The best document of search (returns, score 0.93) never reached a prompt; 2 of 3 did.',
    );
  });

  it('finds a document in a prompt in other case, with other line breaks, or only in part', () => {
    const half = RETURNS.slice(0, 70).toUpperCase().replaceAll(' ', '\n');
    expect(says([search(THREE)], [answered(half)])).toBeUndefined();
  });

  it('says if no document reached a prompt', () => {
    expect(says([search(THREE)], [answered('Where is my parcel?')])).toBe(
      'None of the 3 documents of search appears in a prompt.',
    );
  });

  it('takes the first document for the best if there are no scores', () => {
    const documents = [{ content: RETURNS }, { content: REFUNDS }];
    expect(says([search(documents)], [answered(REFUNDS)])).toBe(
      'The best document of search (number 1) never reached a prompt; 1 of 2 did.',
    );
  });

  it('does not claim that one of two equally good documents was lost', () => {
    const documents = [
      { id: 'a', content: RETURNS, score: 0.9 },
      { id: 'b', content: REFUNDS, score: 0.9 },
    ];
    expect(says([search(documents)], [answered(REFUNDS)])).toBeUndefined();
  });

  it('names the document whose words the answer repeats', () => {
    const all = THREE.map(({ content }) => content).join('\n');
    expect(
      says(
        [search(THREE)],
        [answered(all, `You can: items can be returned within thirty days of delivery.`)],
      ),
    ).toBe('The answer repeats passages of returns of search.');
  });

  it('prefers documents that were marked as used', () => {
    const documents = THREE.map((each) => (each.id === 'refunds' ? { ...each, used: true as const } : each));
    const all = THREE.map(({ content }) => content).join('\n');
    expect(says([search(documents)], [answered(all, RETURNS)])).toBe('The answer uses refunds of search.');
  });

  it('judges the last search before the last answer', () => {
    const first = { ...search([{ id: 'early', content: SHIPPING }]), name: 'first search', spanId: 'f' };
    const calls = [answered(SHIPPING, '', 2), answered(REFUNDS, '', 9)];
    expect(says([search(THREE, 5), first], calls)).toBe(
      'The best document of search (returns, score 0.93) never reached a prompt; 1 of 3 did.',
    );
  });

  it.each([
    ['there are no prompts', [search(THREE)], []],
    ['the documents have no content', [search([{ id: 'a' }])], [answered('Question?')]],
    ['the documents are too short to be recognised', [search([{ content: 'Yes.' }])], [answered('No.')]],
    ['there was no search', [], [answered('Question?')]],
  ] as const)('says nothing if %s', (_why, searches, calls) => {
    expect(says(searches, calls)).toBeUndefined();
  });
});
