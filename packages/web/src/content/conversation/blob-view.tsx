import { File } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { MessagePart } from '../../api/types.ts';
import { showLength } from '../../format/numbers.ts';
import { Modal } from '../../ui/modal.tsx';
import { blobType } from './blob-type.ts';

/** Media that is part of the record: images as thumbnails, audio with a player, anything else as its type and size. */
export function BlobView({ part, content }: { part: MessagePart; content: string }) {
  const type = blobType(part);
  if (type?.startsWith('image/'))
    return <Thumbnail source={`data:${type};base64,${content}`} name={`image, ${type}`} />;
  if (type?.startsWith('audio/'))
    return <Player content={content} type={type} transcript={part.transcript} />;
  return (
    <span className="flex items-center gap-1.5 text-small text-ink-soft">
      <File size={13} aria-hidden /> {String(part.modality ?? 'file')} {String(part.mime_type ?? '')}
      <span className="text-ink-faint">{showLength(content.length)} of base64</span>
    </span>
  );
}

function Thumbnail({ source, name }: { source: string; name: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="self-start overflow-hidden rounded-control border border-line bg-sunken"
        aria-label={`Enlarge ${name}`}
        onClick={() => setOpen(true)}
      >
        <img src={source} alt={name} className="h-24 min-w-16 object-contain" />
      </button>
      <Modal open={open} onClose={() => setOpen(false)} label={name}>
        <img src={source} alt={name} className="max-h-[70vh] w-full object-contain" />
      </Modal>
    </>
  );
}

function Player({ content, type, transcript }: { content: string; type: string; transcript: unknown }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const made = makeUrl(content, type);
    setUrl(made);
    return () => {
      if (made) URL.revokeObjectURL(made);
    };
  }, [content, type]);
  return (
    <div className="flex flex-col gap-1">
      {url ? (
        // biome-ignore lint/a11y/useMediaCaption: the transcript follows below if the record has one.
        <audio controls src={url} className="h-9 max-w-full" />
      ) : (
        <span className="text-ink-faint">This audio cannot be played.</span>
      )}
      {typeof transcript === 'string' && <p className="text-ink-soft">{transcript}</p>}
    </div>
  );
}

function makeUrl(content: string, type: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    return URL.createObjectURL(new Blob([bytes], { type }));
  } catch {
    return undefined;
  }
}
