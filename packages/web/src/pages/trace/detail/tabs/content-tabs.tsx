import { formatCount } from '@throughline/spans';
import type { SpanDetail } from '../../../../api/types.ts';
import { ToolCallLinks } from '../../../../content/conversation/tool-call-links.tsx';
import { FoldedText } from '../../../../content/folded-text.tsx';
import { ReadingModeToggle } from '../../../../content/reading-mode.tsx';
import { toJson } from '../../../../content/to-json.ts';
import { AnyValueView, TypedTextView } from '../../../../content/typed-text.tsx';
import { showCount } from '../../../../format/numbers.ts';
import { CopyButton } from '../../../../ui/copy-button.tsx';
import { Facts } from '../facts.tsx';
import { Section } from '../section.tsx';

export function ToolTab({ span }: { span: SpanDetail }) {
  const { tool } = span;
  if (!tool) return null;
  const result = tool.result ?? null;
  return (
    <>
      <ToolCallLinks span={span} />
      {tool.description && <p className="mb-3 text-ink-soft">{tool.description}</p>}
      <Section title="Arguments" aside={<CopyValue value={tool.arguments} label="Copy the arguments" />}>
        {(tool.arguments ?? null) === null ? (
          <NotRecorded what="arguments" />
        ) : (
          <AnyValueView value={tool.arguments} />
        )}
      </Section>
      <Section title="Result" aside={<CopyValue value={tool.result} label="Copy the result" />}>
        {result !== null ? (
          <AnyValueView value={result} />
        ) : span.durationMs === null ? (
          <p className="text-ink-faint">No result yet: the tool is still running.</p>
        ) : (
          <NotRecorded what="result" />
        )}
      </Section>
      <Facts
        rows={[
          ['Call id', tool.callId],
          ['Type', tool.type],
        ]}
      />
    </>
  );
}

export function EmbeddingTab({ span }: { span: SpanDetail }) {
  const { embedding } = span;
  if (!embedding) return null;
  return (
    <>
      <Facts
        rows={[
          ['Model', span.model, 'model'],
          ['Dimensions', embedding.dimensions === null ? null : showCount(embedding.dimensions).text],
          ['Vectors', embedding.count === null ? null : showCount(embedding.count).text],
        ]}
      />
      <Section title={`Texts (${formatCount(embedding.texts.length)})`}>
        <ol>
          {embedding.texts.slice(0, 200).map((text, i) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: texts have no ids and never change their order.
              key={i}
              className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-2 border-t border-line py-2 first:border-t-0"
            >
              <span className="text-right text-small text-ink-faint">{i + 1}</span>
              <div>
                <FoldedText text={text} />
              </div>
            </li>
          ))}
        </ol>
        {embedding.texts.length > 200 && (
          <p className="text-ink-faint">
            The first 200 are shown. The Raw tab has all {formatCount(embedding.texts.length)}.
          </p>
        )}
      </Section>
    </>
  );
}

export function InputOutputTab({ span }: { span: SpanDetail }) {
  return (
    <>
      <Section
        title="Input"
        aside={
          <>
            <ReadingModeToggle />
            {span.input && <CopyButton text={span.input.text} label="Copy the input" />}
          </>
        }
      >
        {span.input ? <TypedTextView text={span.input.text} /> : <NotRecorded what="input" />}
      </Section>
      <Section
        title="Output"
        aside={span.output && <CopyButton text={span.output.text} label="Copy the output" />}
      >
        {span.output ? (
          <TypedTextView text={span.output.text} />
        ) : span.durationMs === null ? (
          <p className="text-ink-faint">No output yet: the span is still running.</p>
        ) : (
          <NotRecorded what="output" />
        )}
      </Section>
    </>
  );
}

function CopyValue({ value, label }: { value: unknown; label: string }) {
  if (value === null || value === undefined) return null;
  return <CopyButton text={() => (typeof value === 'string' ? value : toJson(value, 2))} label={label} />;
}

function NotRecorded({ what }: { what: string }) {
  return <p className="text-ink-faint">No {what} recorded.</p>;
}
