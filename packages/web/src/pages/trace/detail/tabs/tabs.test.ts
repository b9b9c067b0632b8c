import { describe, expect, it } from 'vitest';
import type { SpanDetail } from '../../../../api/types.ts';
import { spanFixture } from '../../../../waterfall/span-fixture.ts';
import { chooseTab, tabsOf } from './tabs.ts';

const EMPTY = {
  ...spanFixture('a', null, 0, 1),
  input: null,
  output: null,
  inputMessages: null,
  outputMessages: null,
  toolDefinitions: null,
  parameters: null,
  documents: null,
  retrieval: null,
  usedDocuments: null,
  embedding: null,
  tool: null,
  prompt: null,
  metadata: null,
  events: [],
  droppedEventsCount: 0,
} as unknown as SpanDetail;
const idsOf = (span: Partial<SpanDetail>) => tabsOf({ ...EMPTY, ...span }).map((tab) => tab.id);

describe('tabs of the detail pane', () => {
  it('are only those that the span has content for', () => {
    expect(idsOf({})).toEqual(['attributes', 'scores', 'context', 'raw']);
    expect(idsOf({ inputMessages: [], inputTokens: 5, parameters: {} })).toEqual([
      'messages',
      'usage',
      'parameters',
      'attributes',
      'scores',
      'context',
      'raw',
    ]);
    expect(idsOf({ documents: [] })[0]).toBe('documents');
    const usedDocuments = [{ spanId: null, index: null, id: 'a' }];
    expect(idsOf({ usedDocuments, inputMessages: [] }).slice(0, 2)).toEqual(['messages', 'used']);
    expect(idsOf({ usedDocuments, documents: [] })).not.toContain('used');
  });

  it('include plain input and output only if no other tab shows them', () => {
    const text = { text: 'hi', mimeType: null };
    expect(idsOf({ input: text })[0]).toBe('io');
    expect(idsOf({ input: text, inputMessages: [] })).not.toContain('io');
  });

  it('stay the same from span to span if the next span has the tab', () => {
    const tabs = tabsOf({ ...EMPTY, inputMessages: [] });
    expect(chooseTab(tabs, 'attributes')).toBe('attributes');
    expect(chooseTab(tabs, 'documents')).toBe('messages');
    expect(chooseTab(tabs, undefined)).toBe('messages');
  });
});
