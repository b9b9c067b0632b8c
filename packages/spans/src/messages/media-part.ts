import type { BlobPart, FilePart, Modality, UriPart } from '../model/messages.ts';

/** Longest part of a data: URL that is looked at for its type. */
const MAX_DATA_HEADER = 200;

const DATA_URL = /^data:([^;,]*)((?:;[^;,]*)*),/;

/** The modality that a MIME type belongs to; text and application are documents. */
export function modalityOf(mimeType: string | undefined, fallback: Modality): Modality {
  const family = mimeType?.slice(0, mimeType.indexOf('/'));
  if (family === 'image' || family === 'audio' || family === 'video') return family;
  return family === 'application' || family === 'text' ? 'document' : fallback;
}

/** A URL as a part: base64 `data:` URLs become blobs, all others stay addresses. */
export function uriPart(uri: string, modality: Modality, mimeType?: string): UriPart | BlobPart {
  if (uri.startsWith('data:')) {
    const header = DATA_URL.exec(uri.slice(0, MAX_DATA_HEADER));
    if (header !== null && (header[2] ?? '').endsWith(';base64')) {
      return blobPart(uri.slice(header[0].length), modality, mimeType ?? (header[1] || undefined));
    }
  }
  return { type: 'uri', modality: modalityOf(mimeType, modality), ...mime(mimeType), uri };
}

/** Base64 content as a part. */
export function blobPart(content: string, modality: Modality, mimeType?: string): BlobPart {
  return { type: 'blob', modality: modalityOf(mimeType, modality), ...mime(mimeType), content };
}

/** A file that the provider keeps. */
export function filePart(fileId: string, modality: Modality, mimeType?: string): FilePart {
  return { type: 'file', modality: modalityOf(mimeType, modality), ...mime(mimeType), file_id: fileId };
}

/** A URL, a `data:` URL or bare base64, whichever the text is. */
export function mediaPart(source: string, modality: Modality, mimeType?: string): UriPart | BlobPart {
  return /^[a-z][a-z0-9+.-]*:/i.test(source.slice(0, 32))
    ? uriPart(source, modality, mimeType)
    : blobPart(source, modality, mimeType);
}

function mime(mimeType: string | undefined): { mime_type?: string } {
  return mimeType === undefined ? {} : { mime_type: mimeType };
}
