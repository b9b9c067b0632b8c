import {
  type Conclusion,
  type ConclusionCause,
  type ConclusionPart,
  formatCount,
  textOf,
} from '@throughline/spans';
import { CopyButton } from '../../ui/copy-button.tsx';

interface ConclusionTextProps {
  readonly conclusion: Conclusion;
  /** The span that is shown, so that repeated clicks on a link with several spans go through them. */
  readonly selectedId: string | undefined;
  readonly onSelect: (spanId: string) => void;
}

/** Red for what ended the trace, amber for what it survived. */
const COLOURS: Partial<Record<ConclusionCause, string>> = {
  'failed-trace': 'text-error',
  'failed-retries': 'text-error',
  retried: 'text-warning',
  'survived-failure': 'text-warning',
  'clock-difference': 'text-warning',
  'best-document-unused': 'text-warning',
};

/** What happened in a trace, in a few sentences. Names of spans are links to them. */
export function ConclusionText({ conclusion, selectedId, onSelect }: ConclusionTextProps) {
  const { sentences } = conclusion;
  if (sentences.length === 0) return null;
  return (
    <section aria-label="Conclusion" className="flex min-w-0 max-w-full items-start gap-1">
      <p className="min-w-0 wrap-anywhere">
        {sentences.map((sentence, i) => (
          <span key={sentence.cause} className={COLOURS[sentence.cause]}>
            {i > 0 && ' '}
            {sentence.parts.map((part, k) => (
              <Part
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a sentence have no identity of their own.
                key={k}
                part={part}
                selectedId={selectedId}
                onSelect={onSelect}
              />
            ))}
          </span>
        ))}
      </p>
      <CopyButton text={() => sentences.map(textOf).join(' ')} label="Copy the conclusion" />
    </section>
  );
}

interface PartProps {
  readonly part: ConclusionPart;
  readonly selectedId: string | undefined;
  readonly onSelect: (spanId: string) => void;
}

function Part({ part: { text, spanIds }, selectedId, onSelect }: PartProps) {
  const [first] = spanIds ?? [];
  if (!spanIds || first === undefined) return text;
  const at = selectedId === undefined ? -1 : spanIds.indexOf(selectedId);
  const next = spanIds[(at + 1) % spanIds.length] ?? first;
  return (
    <button
      type="button"
      className="link font-medium"
      title={
        spanIds.length > 1 ? `${formatCount(spanIds.length)} spans; each click shows the next` : undefined
      }
      onClick={() => onSelect(next)}
    >
      {text}
    </button>
  );
}
