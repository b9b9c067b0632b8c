import type { BlobPart, FilePart, Modality, UriPart } from '../model/messages.ts';

/** Maximum length of the header of a data: URL. */
const MAX_DATA_HEADER = 200;

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/;

/** Returns the modality of a MIME type. `text` and `application` are documents. */
export function modalityOf(mimeType: string | undefined, fallback: Modality): Modality {
  const family = mimeType?.slice(0, mimeType.indexOf('/'));
  if (family === 'image' || family === 'audio' || family === 'video') return family;
  return family === 'application' || family === 'text' ? 'document' : fallback;
}

/** Converts a URL to a part. Base64 `data:` URLs become blobs; all others stay URLs. */
export function uriPart(uri: string, modality: Modality, mimeType?: string): UriPart | BlobPart {
  if (uri.startsWith('data:')) {
    const header = DATA_URL.exec(uri.slice(0, MAX_DATA_HEADER));
    if (header !== null && (header[2] ?? '').endsWith(';base64')) {
      return blobPart(uri.slice(header[0].length), modality, mimeType ?? (header[1] || undefined));
    }
  }
  return { type: 'uri', modality: modalityOf(mimeType, modality), ...mime(mimeType), uri };
}

/** Converts base64 content to a part. */
export function blobPart(content: string, modality: Modality, mimeType?: string): BlobPart {
  return { type: 'blob', modality: modalityOf(mimeType, modality), ...mime(mimeType), content };
}

/** Converts the id of a file that the provider stores to a part. */
export function filePart(fileId: string, modality: Modality, mimeType?: string): FilePart {
  return { type: 'file', modality: modalityOf(mimeType, modality), ...mime(mimeType), file_id: fileId };
}

/** Converts a URL, a `data:` URL or plain base64 to a part. */
export function mediaPart(source: string, modality: Modality, mimeType?: string): UriPart | BlobPart {
  return /^[a-z][a-z0-9+.-]*:/i.test(source.slice(0, 32))
    ? uriPart(source, modality, mimeType)
    : blobPart(source, modality, mimeType);
}

function mime(mimeType: string | undefined): { mime_type?: string } {
  return mimeType === undefined ? {} : { mime_type: mimeType };
}
