import { formatDuration } from '@throughline/spans';
import { Brain, File, Wrench } from 'lucide-react';
import type { ConversationEntry } from '../../../api/types.ts';
import { type FoldLimit, PREAMBLE } from '../../../content/fold.ts';
import { FoldedText } from '../../../content/folded-text.tsx';
import { useReadingMode } from '../../../content/reading-mode.tsx';
import { visibleName } from '../../../format/visible-name.ts';
import { KindIcon } from '../../../ui/kind-icon.tsx';

interface EntryViewProps {
  readonly entry: ConversationEntry;
  /** Whether the entry before belongs to another span. */
  readonly isFirstOfSpan: boolean;
  readonly isSelected: boolean;
  readonly onSelect: () => void;
}

const ROLES: Readonly<Record<string, string>> = {
  system: 'System',
  developer: 'Developer',
  user: 'User',
  assistant: 'Assistant',
  tool: 'Tool result',
};
const PREAMBLES: ReadonlySet<string> = new Set(['system', 'developer']);

/** One message, or a tool call with its result. The name of the step selects its span. */
export function EntryView({ entry, isFirstOfSpan, isSelected, onSelect }: EntryViewProps) {
  const { role, type } = entry;
  const label =
    role === null ? (type === 'tool' ? 'Tool' : 'Step') : Object.hasOwn(ROLES, role) ? ROLES[role] : role;
  return (
    <li
      data-entry={entry.spanId}
      aria-current={isSelected || undefined}
      className="grid grid-cols-[minmax(0,1fr)] gap-x-3 border-t border-line py-2 [contain-intrinsic-size:auto_80px] [content-visibility:auto] first:border-t-0 aria-current:bg-selected/40 sm:grid-cols-[6.5rem_minmax(0,1fr)]"
    >
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2 text-small sm:flex-col">
        <span className={role === 'assistant' ? 'font-medium text-ink' : 'text-ink-soft'}>{label}</span>
        {(isFirstOfSpan || type !== 'message') && (
          <button
            type="button"
            className="flex max-w-full min-w-0 items-center gap-1 text-tiny text-ink-faint hover:text-accent"
            title={`Select ${entry.spanName}`}
            onClick={onSelect}
          >
            <KindIcon kind={entry.kind} size={11} />
            <span className="truncate">{visibleName(entry.spanName) || '(no name)'}</span>
          </button>
        )}
        {entry.durationMs !== null && (isFirstOfSpan || type !== 'message') && (
          <span className="text-tiny text-ink-faint">{formatDuration(entry.durationMs)}</span>
        )}
      </div>
      <div className="flex min-w-0 flex-col gap-1.5">
        <Parts entry={entry} onSelect={onSelect} />
        {entry.error !== null && <p className="text-small wrap-anywhere text-error">{entry.error}</p>}
      </div>
    </li>
  );
}

function Parts({ entry, onSelect }: Pick<EntryViewProps, 'entry' | 'onSelect'>) {
  const { type, parts, role } = entry;
  if (type === 'omitted')
    return (
      <button type="button" className="link self-start text-small" onClick={onSelect}>
        {entry.error === null ? 'The content of this step is in its details' : 'Open the step'}
      </button>
    );
  if (type === 'tool') return <ToolEntry entry={entry} />;
  const limit = role !== null && PREAMBLES.has(role) ? PREAMBLE : undefined;
  return (
    <>
      {parts.length === 0 && <span className="text-ink-faint">(empty)</span>}
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no ids and never change their order.
        <PartView key={i} part={part} limit={limit} onSelect={onSelect} />
      ))}
    </>
  );
}

type Part = ConversationEntry['parts'][number];

function PartView({
  part,
  limit,
  onSelect,
}: {
  part: Part;
  limit: FoldLimit | undefined;
  onSelect: () => void;
}) {
  const [mode] = useReadingMode();
  if (part.type === 'text')
    return (
      <div className="min-w-0">
        <FoldedText
          text={part.text}
          rendered={mode === 'rendered'}
          mono={mode === 'raw'}
          {...(limit && { limit })}
        />
        {part.cut && <CutNote onSelect={onSelect} />}
      </div>
    );
  if (part.type === 'reasoning')
    return (
      <details className="rounded-control bg-sunken px-2.5 py-1.5">
        <summary className="flex cursor-pointer items-center gap-1.5 text-small text-ink-soft">
          <Brain size={13} aria-hidden /> Reasoning
        </summary>
        <div className="mt-1.5 text-ink-soft">
          <FoldedText text={part.text} />
        </div>
      </details>
    );
  if (part.type === 'toolCall' || part.type === 'toolResult')
    return <ToolText title={part.type === 'toolCall' ? (part.name ?? 'tool') : 'Result'} parts={[part]} />;
  return (
    <span className="flex items-center gap-1.5 text-small text-ink-soft">
      <File size={13} aria-hidden /> {part.name}
    </span>
  );
}

function ToolEntry({ entry }: { entry: ConversationEntry }) {
  const [call] = entry.parts;
  return <ToolText title={call?.name ?? entry.spanName} parts={entry.parts} />;
}

/** A tool is folded to one line: its name and the beginning of its arguments and result. */
function ToolText({ title, parts }: { title: string; parts: readonly Part[] }) {
  const short = parts.map(({ text }) => text.slice(0, 120).replace(/\s+/g, ' ')).filter(Boolean);
  return (
    <details className="min-w-0 rounded-control border border-line text-small">
      <summary className="flex min-w-0 cursor-pointer items-center gap-1.5 px-2 py-1">
        <Wrench size={12} className="shrink-0 text-kind-tool" aria-hidden />
        <b className="max-w-1/2 shrink-0 truncate font-medium">{visibleName(title)}</b>
        <span className="min-w-0 truncate text-ink-faint">{short.join(' → ')}</span>
      </summary>
      <div className="flex flex-col gap-2 border-t border-line px-2 py-1.5">
        {parts.map((part) => (
          <div key={part.type} className="min-w-0">
            <span className="text-tiny text-ink-faint">
              {part.type === 'toolCall' ? 'Arguments' : 'Result'}
            </span>
            {part.text === '' ? (
              <p className="text-ink-faint">(none)</p>
            ) : (
              <FoldedText text={part.text} mono />
            )}
          </div>
        ))}
      </div>
    </details>
  );
}

function CutNote({ onSelect }: { onSelect: () => void }) {
  return (
    <button type="button" className="link text-small" onClick={onSelect}>
      The whole text is in the details of the step
    </button>
  );
}
