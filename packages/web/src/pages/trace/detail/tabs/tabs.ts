import type { SpanDetail } from '../../../../api/types.ts';

/** Tabs of the detail pane in their order. `has` decides whether a span has the tab. */
const TABS = [
  {
    id: 'messages',
    label: 'Messages',
    has: (span) => span.inputMessages !== null || span.outputMessages !== null,
  },
  {
    id: 'documents',
    label: 'Documents',
    has: (span) => hasDocuments(span),
  },
  { id: 'embedding', label: 'Texts', has: (span) => span.embedding !== null },
  { id: 'tool', label: 'Tool', has: (span) => span.tool !== null },
  { id: 'io', label: 'Input · Output', has: (span) => hasPlainContent(span) },
  // The documents that an answer used. They come after the tabs that show what the span itself did.
  { id: 'used', label: 'Documents', has: (span) => span.usedDocuments !== null && !hasDocuments(span) },
  {
    id: 'usage',
    label: 'Usage',
    has: (span) => span.inputTokens !== null || span.outputTokens !== null || span.costUsd !== null,
  },
  {
    id: 'parameters',
    label: 'Parameters',
    has: (span) =>
      [span.parameters, span.toolDefinitions, span.prompt, span.metadata].some((part) => part !== null) ||
      (span.tool?.schema ?? null) !== null,
  },
  { id: 'attributes', label: 'Attributes', has: () => true },
  { id: 'events', label: 'Events', has: (span) => span.events.length > 0 || span.droppedEventsCount > 0 },
  { id: 'scores', label: 'Scores', has: () => true },
  { id: 'context', label: 'Context', has: () => true },
  { id: 'raw', label: 'Raw', has: () => true },
] as const satisfies readonly { id: string; label: string; has: (span: SpanDetail) => boolean }[];

export type TabId = (typeof TABS)[number]['id'];

export interface Tab {
  readonly id: TabId;
  readonly label: string;
}

function hasDocuments(span: SpanDetail): boolean {
  return span.documents !== null || (span.retrieval?.inputDocuments ?? null) !== null;
}

/** Whether the span has plain input or output, and no other tab that shows the same content better. */
function hasPlainContent(span: SpanDetail): boolean {
  if (span.input === null && span.output === null) return false;
  return (
    span.inputMessages === null &&
    span.outputMessages === null &&
    span.tool === null &&
    span.documents === null &&
    span.embedding === null
  );
}

export function tabsOf(span: SpanDetail): readonly Tab[] {
  return TABS.filter((tab) => tab.has(span));
}

/** The wanted tab if the span has it, else the first tab. */
export function chooseTab(tabs: readonly Tab[], wanted: string | undefined): TabId {
  return tabs.find((tab) => tab.id === wanted)?.id ?? tabs[0]?.id ?? 'raw';
}
