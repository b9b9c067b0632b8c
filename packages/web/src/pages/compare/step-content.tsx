import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useMemo } from 'react';
import { spanQuery } from '../../api/queries.ts';
import type { SpanDetail, TraceDiff } from '../../api/types.ts';
import { textOf } from '../../content/conversation/message-text.ts';
import { toJson } from '../../content/to-json.ts';
import { type DiffPiece, diffWords } from '../../content/word-diff.ts';
import { ProblemView } from '../../ui/problem-view.tsx';

interface StepContentProps {
  readonly step: TraceDiff['steps'][number];
  readonly traceIds: { readonly a: string; readonly b: string };
  readonly project: string;
  readonly onClose: () => void;
}

/** The content of a step in both traces, with the words that differ marked. */
export function StepContent({ step, traceIds, project, onClose }: StepContentProps) {
  const a = useQuery({
    ...spanQuery(traceIds.a, step.a?.spanId ?? '', project),
    enabled: step.a !== null,
  });
  const b = useQuery({
    ...spanQuery(traceIds.b, step.b?.spanId ?? '', project),
    enabled: step.b !== null,
  });
  const error = a.error ?? b.error;
  const isLoading = (step.a !== null && !a.data) || (step.b !== null && !b.data);
  return (
    <section
      aria-label="Step"
      data-own-keys
      className="flex min-h-0 min-w-0 flex-1 flex-col border-t border-line lg:max-w-[50%] lg:border-t-0 lg:border-l"
    >
      <header className="flex shrink-0 items-center gap-2 border-b border-line px-3 py-1.5">
        <h2 className="min-w-0 truncate text-read font-semibold">
          {(step.b ?? step.a)?.name || '(no name)'}
        </h2>
        {step.a && <SpanLink label="First" traceId={traceIds.a} spanId={step.a.spanId} project={project} />}
        {step.b && <SpanLink label="Second" traceId={traceIds.b} spanId={step.b.spanId} project={project} />}
        <button type="button" className="control-quiet ml-auto" onClick={onClose} aria-label="Close the step">
          <X size={14} aria-hidden />
        </button>
      </header>
      <section
        aria-label="Content"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard.
        tabIndex={0}
        className="min-h-0 flex-1 overflow-y-auto px-3 py-3"
      >
        {error ? (
          <ProblemView error={error} onRetry={() => void Promise.all([a.refetch(), b.refetch()])} />
        ) : isLoading ? (
          <div className="appear-late flex flex-col gap-2" role="status" aria-label="Loading the step">
            <span className="skeleton h-3 w-full" />
            <span className="skeleton h-3 w-2/3" />
          </div>
        ) : (
          <Differences a={step.a ? a.data : undefined} b={step.b ? b.data : undefined} />
        )}
      </section>
    </section>
  );
}

function SpanLink(props: { label: string; traceId: string; spanId: string; project: string }) {
  return (
    <Link
      to="/t/$traceId"
      params={{ traceId: props.traceId }}
      search={{ project: props.project, span: props.spanId }}
      className="link shrink-0 text-small"
    >
      {props.label}
    </Link>
  );
}

/** The texts of a span that are compared, by their titles. */
const TEXTS: readonly (readonly [title: string, read: (span: SpanDetail) => string])[] = [
  ['Error', ({ errorType, statusMessage }) => [errorType, statusMessage].filter(Boolean).join(': ')],
  ['Parameters', ({ parameters }) => (parameters ? toJson(parameters, 2) : '')],
  ['Input', (span) => (span.inputMessages ? conversationText(span.inputMessages) : inputText(span))],
  ['Documents', ({ documents }) => (documents ?? []).map(documentText).join('\n\n')],
  ['Output', (span) => (span.outputMessages ? conversationText(span.outputMessages) : outputText(span))],
];

function Differences({ a, b }: { a: SpanDetail | undefined; b: SpanDetail | undefined }) {
  const texts = useMemo(
    () =>
      TEXTS.map(([title, read]) => ({ title, before: a ? read(a) : '', after: b ? read(b) : '' })).filter(
        ({ before, after }) => before !== '' || after !== '',
      ),
    [a, b],
  );
  if (texts.length === 0) return <p className="text-ink-soft">This step has no recorded content.</p>;
  return texts.map(({ title, before, after }) => (
    <section key={title} aria-label={title} className="mb-4">
      <h3 className="mb-1 flex items-baseline gap-2 font-medium">
        {title}
        {before === after && <span className="text-small font-normal text-ink-faint">the same</span>}
      </h3>
      {before === after ? <SameText text={before} /> : <ChangedText before={before} after={after} />}
    </section>
  ));
}

const PREVIEW = 400;

function SameText({ text }: { text: string }) {
  return (
    <p className="text-read whitespace-pre-wrap wrap-anywhere text-ink-soft">
      {text.length > PREVIEW ? `${text.slice(0, PREVIEW)}…` : text}
    </p>
  );
}

function ChangedText({ before, after }: { before: string; after: string }) {
  const pieces = useMemo(() => diffWords(before, after), [before, after]);
  if (!pieces)
    return (
      <>
        <p className="mb-1 text-small text-ink-faint">The texts have little in common.</p>
        <del className="block whitespace-pre-wrap wrap-anywhere bg-error-wash no-underline">{before}</del>
        <ins className="mt-2 block whitespace-pre-wrap wrap-anywhere bg-accent-wash no-underline">
          {after}
        </ins>
      </>
    );
  return (
    <p className="text-read whitespace-pre-wrap wrap-anywhere">
      {placed(pieces).map(({ kind, text, at }) => {
        if (kind === 'removed')
          return (
            <del key={`${at} ${kind}`} className="rounded-xs bg-error-wash">
              {text}
            </del>
          );
        if (kind === 'added')
          return (
            <ins key={`${at} ${kind}`} className="rounded-xs bg-accent-wash no-underline">
              {text}
            </ins>
          );
        return <span key={`${at} ${kind}`}>{text}</span>;
      })}
    </p>
  );
}

/** Pieces with their place in both texts together. */
function placed(pieces: readonly DiffPiece[]): readonly (DiffPiece & { readonly at: number })[] {
  let at = 0;
  return pieces.map((piece) => {
    const start = at;
    at += piece.text.length;
    return { ...piece, at: start };
  });
}

function conversationText(messages: NonNullable<SpanDetail['inputMessages']>): string {
  return messages.map((message) => `${message.role}: ${textOf(message)}`).join('\n\n');
}

function inputText({ input, tool, retrieval }: SpanDetail): string {
  return input?.text ?? (tool ? valueText(tool.arguments) : (retrieval?.query ?? ''));
}

function outputText({ output, tool }: SpanDetail): string {
  return output?.text ?? (tool ? valueText(tool.result) : '');
}

function valueText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : toJson(value, 2);
}

function documentText(
  { id, content, score }: NonNullable<SpanDetail['documents']>[number],
  i: number,
): string {
  return `${i + 1}. ${id ?? ''}${score === null ? '' : ` (${score})`}\n${content ?? ''}`;
}
