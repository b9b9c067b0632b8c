import { Brain, ExternalLink, File, Wrench } from 'lucide-react';
import type { ReactNode } from 'react';
import type { MessagePart } from '../../api/types.ts';
import { showLength } from '../../format/numbers.ts';
import type { FoldLimit } from '../fold.ts';
import { FoldedText } from '../folded-text.tsx';
import { JsonView } from '../json-view.tsx';
import { useReadingMode } from '../reading-mode.tsx';
import { safeLink } from '../safe-link.ts';
import { BlobView } from './blob-view.tsx';
import { ToolSpanLink } from './tool-span-link.tsx';

type RenderValue = (value: unknown) => ReactNode;

/** One renderer per part type. Parts of other types, or with content that does not match their type, are shown as JSON. */
const RENDERERS: Readonly<Record<string, (part: MessagePart, renderValue: RenderValue) => ReactNode>> = {
  reasoning: (part) => (typeof part.content === 'string' ? <Reasoning text={part.content} /> : null),
  tool_call: (part, renderValue) => <ToolCall part={part} renderValue={renderValue} />,
  tool_call_response: (part, renderValue) => <ToolResponse part={part} renderValue={renderValue} />,
  blob: (part) => (typeof part.content === 'string' ? <BlobView part={part} content={part.content} /> : null),
  uri: (part) => <RemoteFile part={part} />,
  file: (part) => (
    <span className="flex items-center gap-1.5 text-small text-ink-soft">
      <File size={13} aria-hidden /> {String(part.modality ?? 'file')} {String(part.file_id ?? '')}
    </span>
  ),
};

interface MessagePartProps {
  readonly part: MessagePart;
  readonly limit?: FoldLimit | undefined;
  readonly renderValue: RenderValue;
}

export function MessagePartView({ part, limit, renderValue }: MessagePartProps) {
  if (part.type === 'text' && typeof part.content === 'string')
    return <TextPart text={part.content} limit={limit} />;
  const render = Object.hasOwn(RENDERERS, part.type) ? RENDERERS[part.type] : undefined;
  return render?.(part, renderValue) ?? <JsonView value={part} />;
}

function TextPart({ text, limit }: { text: string; limit: FoldLimit | undefined }) {
  const [mode] = useReadingMode();
  return (
    <div className="min-w-0">
      <FoldedText
        text={text}
        rendered={mode === 'rendered'}
        mono={mode === 'raw'}
        {...(limit && { limit })}
      />
    </div>
  );
}

function Reasoning({ text }: { text: string }) {
  return (
    <details className="rounded-control bg-sunken px-2.5 py-1.5">
      <summary className="flex cursor-pointer items-center gap-1.5 text-small text-ink-soft">
        <Brain size={13} aria-hidden /> Reasoning{' '}
        <span className="text-ink-faint">{showLength(text.length)}</span>
      </summary>
      <div className="mt-1.5 text-ink-soft">
        <FoldedText text={text} />
      </div>
    </details>
  );
}

interface ToolProps {
  readonly part: MessagePart;
  readonly renderValue: RenderValue;
}

function ToolCall({ part, renderValue }: ToolProps) {
  const id = typeof part.id === 'string' ? part.id : undefined;
  const name = typeof part.name === 'string' ? part.name : '(no name)';
  return (
    <Card
      title={
        <>
          <Wrench size={13} aria-hidden className="shrink-0 text-kind-tool" />
          <b className="truncate font-medium">{name}</b>
          {id && <span className="truncate font-mono text-tiny text-ink-faint">{id}</span>}
          <ToolSpanLink name={name} callId={id} />
        </>
      }
    >
      {part.arguments === undefined ? null : renderValue(part.arguments)}
    </Card>
  );
}

function ToolResponse({ part, renderValue }: ToolProps) {
  const result = part.response ?? part.result;
  const name = typeof part.name === 'string' ? part.name : undefined;
  return (
    <Card
      title={
        <>
          <span className="text-ink-soft">Result</span>
          {typeof part.id === 'string' && (
            <span className="truncate font-mono text-tiny text-ink-faint">{part.id}</span>
          )}
          {typeof part.id === 'string' && <ToolSpanLink name={name} callId={part.id} />}
        </>
      }
    >
      {result === undefined ? <span className="text-ink-faint">(no result)</span> : renderValue(result)}
    </Card>
  );
}

function Card({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-control border border-line">
      <div className="flex min-w-0 items-center gap-1.5 px-2.5 py-1.5 text-small">{title}</div>
      {children && <div className="border-t border-line px-2.5 py-1.5">{children}</div>}
    </div>
  );
}

/** A link to a remote file. The file is never loaded: a request to this untrusted address would reveal the reader. */
function RemoteFile({ part }: { part: MessagePart }) {
  const uri = String(part.uri ?? '');
  const link = safeLink(uri);
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-small">
      <ExternalLink size={13} className="shrink-0 text-ink-faint" aria-hidden />
      <span className="shrink-0 text-ink-soft">{String(part.modality ?? 'file')}, not loaded:</span>
      {link ? (
        <a href={link} target="_blank" rel="noopener noreferrer" className="link truncate">
          {uri}
        </a>
      ) : (
        <span className="truncate">{uri.slice(0, 200)}</span>
      )}
    </span>
  );
}
