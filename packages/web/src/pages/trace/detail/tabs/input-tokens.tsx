import {
  type DocumentUse,
  formatCount,
  type InputClass,
  type InputShares,
  inputShares,
} from '@throughline/spans';
import { useContext, useMemo, useState } from 'react';
import type { SpanDetail } from '../../../../api/types.ts';
import { TraceContext } from '../../../../content/conversation/tool-span-link.tsx';
import { countOf, showShare } from '../../../../format/numbers.ts';
import { useGivenDocuments } from './use-given-documents.ts';

const CLASSES: Readonly<Record<InputClass, { readonly label: string; readonly shade: string }>> = {
  instructions: { label: 'Instructions', shade: 'bg-kind-prompt' },
  tools: { label: 'Tool definitions', shade: 'bg-kind-tool' },
  context: { label: 'Retrieved context', shade: 'bg-kind-retriever' },
  history: { label: 'History', shade: 'bg-kind-memory' },
  results: { label: 'Tool results', shade: 'bg-kind-chain' },
  user: { label: 'User', shade: 'bg-accent' },
  media: { label: 'Media', shade: 'bg-kind-embedding' },
};

const MOST_PASSAGES = 15;

/** A bar that says where the input tokens of a model call went, and the passages behind it. */
export function InputTokens({ span }: { span: SpanDetail }) {
  const documents = useGivenDocuments(span);
  const [isOpen, setIsOpen] = useState(false);
  const shares = useMemo(
    () =>
      inputShares(
        {
          ...(span.inputMessages && { inputMessages: span.inputMessages }),
          ...(span.outputMessages && { outputMessages: span.outputMessages }),
          ...(span.toolDefinitions && { toolDefinitions: span.toolDefinitions }),
        },
        documents,
        span.inputTokens,
      ),
    [span, documents],
  );
  if (shares.totalTokens === 0) return null;
  return (
    <details className="mb-2 text-small" onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary className="cursor-pointer list-none" aria-label="Where the input tokens went">
        <span className="flex h-2 gap-px overflow-hidden rounded-sm bg-sunken" aria-hidden>
          {shares.classes.map((each) => (
            <span
              key={each.class}
              className={CLASSES[each.class].shade}
              style={{ width: `${(each.tokens / shares.totalTokens) * 100}%` }}
            />
          ))}
        </span>
        <span className="mt-1 flex flex-wrap gap-x-3 text-ink-soft">
          {shares.classes.map((each) => (
            <span
              key={each.class}
              className="flex items-center gap-1"
              title={`about ${countOf(each.tokens, 'token')}, estimated from the texts`}
            >
              <span className={`size-2 rounded-xs ${CLASSES[each.class].shade}`} aria-hidden />
              {CLASSES[each.class].label} {showShare(each.tokens, shares.totalTokens).text}
            </span>
          ))}
        </span>
      </summary>
      {isOpen && (
        <>
          <Passages shares={shares} />
          {shares.documents.length > 0 && <Documents documents={shares.documents} />}
          <p className="mt-1 text-ink-faint">
            Estimated from the texts
            {span.inputTokens === null ? '' : ' and scaled to the reported input tokens'}.
          </p>
        </>
      )}
    </details>
  );
}

function Passages({ shares: { passages, totalTokens } }: { shares: InputShares }) {
  const more = passages.length - MOST_PASSAGES;
  return (
    <table className="mt-2 w-full">
      <caption className="sr-only">Passages of the input, the largest first</caption>
      <tbody>
        {passages.slice(0, MOST_PASSAGES).map((passage, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the passages of a call never change their order.
          <tr key={i} className="border-t border-line">
            <th scope="row" className="py-0.5 pr-2 text-left font-normal whitespace-nowrap">
              <span
                className={`mr-1.5 inline-block size-2 rounded-xs ${CLASSES[passage.class].shade}`}
                aria-hidden
              />
              {CLASSES[passage.class].label}
            </th>
            <td className="w-full max-w-0 truncate text-ink-soft" title={passage.preview}>
              {passage.preview}
            </td>
            <td className="pl-2 text-right whitespace-nowrap">~{formatCount(passage.tokens)}</td>
            <td className="pl-2 text-right whitespace-nowrap text-ink-soft">
              {showShare(passage.tokens, totalTokens).text}
            </td>
          </tr>
        ))}
      </tbody>
      {more > 0 && (
        <tfoot>
          <tr>
            <td colSpan={4} className="border-t border-line py-0.5 text-ink-faint">
              {countOf(more, 'smaller passage')}
            </td>
          </tr>
        </tfoot>
      )}
    </table>
  );
}

/** What became of the documents that were found before the call. */
function Documents({ documents }: { documents: readonly DocumentUse[] }) {
  const trace = useContext(TraceContext);
  const inPrompt = documents.filter(({ promptTokens }) => promptTokens > 0).length;
  const echoed = documents.filter((each) => each.echoed).length;
  return (
    <table className="mt-3 w-full">
      <caption className="text-left text-ink-soft">
        {countOf(documents.length, 'document')} found, {formatCount(inPrompt)} in this prompt,{' '}
        {formatCount(echoed)} repeated by the answer
      </caption>
      <tbody>
        {documents.map(({ document, promptTokens, echoed: isEchoed }) => (
          <tr key={`${document.spanId} ${document.index}`} className="border-t border-line">
            <td className="w-full max-w-0 py-0.5">
              <button
                type="button"
                className="link block max-w-full truncate text-left"
                title={document.content}
                onClick={() => trace?.onSelect(document.spanId)}
              >
                {formatCount(document.index + 1)}. {document.id ?? document.content}
              </button>
            </td>
            <td className="pl-2 text-right whitespace-nowrap">
              {promptTokens > 0 ? (
                `~${formatCount(promptTokens)} tokens`
              ) : (
                <span className="text-warning">not in the prompt</span>
              )}
            </td>
            <td className="w-28 pl-2 whitespace-nowrap text-ink-soft">{isEchoed && 'in the answer'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
