import { describe, expect, it } from 'vitest';
import type { SpanDetail } from '../../../api/types.ts';
import { spanFixture } from '../../../waterfall/span-fixture.ts';
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
  embedding: null,
  tool: null,
  prompt: null,
  metadata: null,
  events: [],
  droppedEventsCount: 0,
} as unknown as SpanDetail;
const idsOf = (span: Partial<SpanDetail>) => tabsOf({ ...EMPTY, ...span }).map((tab) => tab.id);

describe('tabs of the detail pane', () => {
  it('show only what a span has', () => {
    expect(idsOf({})).toEqual(['attributes', 'context', 'raw']);
    expect(idsOf({ inputMessages: [], inputTokens: 5, parameters: {} })).toEqual([
      'messages',
      'usage',
      'parameters',
      'attributes',
      'context',
      'raw',
    ]);
    expect(idsOf({ documents: [] })[0]).toBe('documents');
  });

  it('show plain input and output where nothing better shows them', () => {
    const text = { text: 'hi', mimeType: null };
    expect(idsOf({ input: text })[0]).toBe('io');
    expect(idsOf({ input: text, inputMessages: [] })).not.toContain('io');
  });

  it('keep the tab from span to span as far as the next one has it', () => {
    const tabs = tabsOf({ ...EMPTY, inputMessages: [] });
    expect(chooseTab(tabs, 'attributes')).toBe('attributes');
    expect(chooseTab(tabs, 'documents')).toBe('messages');
    expect(chooseTab(tabs, undefined)).toBe('messages');
  });
});
