import { isRecord } from '../attributes/attribute-readers.ts';
import type { MessagePart, Modality } from '../model/messages.ts';
import { bytesAsBase64 } from './byte-values.ts';
import { filePart, mediaPart, modalityOf, uriPart } from './media-part.ts';

type Json = Readonly<Record<string, unknown>>;

/** Keys under which providers nest the data or URL of a medium, outermost first. */
const HOLDERS = [
  'source',
  'image_url',
  'imageUrl',
  'input_audio',
  'inputAudio',
  'video_url',
  'audio_url',
  'audio',
  'file',
  'data',
  'media',
  'image',
  'video',
  'document',
  's3Location',
];
const MIME_KEYS = [
  'mime_type',
  'media_type',
  'mimeType',
  'mediaType',
  'contentType',
  'content_type',
  'image_mimetype',
];
const URI_KEYS = ['uri', 'url', 'fileUri', 'file_uri', 'file_url'];
const BYTES_KEYS = ['data', 'content', 'base64', 'file_data', 'bytes', 'base64_image', 'base64_data'];
const FILE_ID_KEYS = ['file_id', 'fileId'];
/** Deeper nesting occurs in no format. */
const MAX_DEPTH = 3;

/** Converts a medium of any provider to a part: a URL, base64, bytes as numbers, or the id of a file. */
export function mediaFrom(
  part: Json,
  modality: Modality,
  depth = 0,
  outerMime?: string,
): MessagePart | undefined {
  const mimeType = textAt(part, MIME_KEYS) ?? formatMime(part, modality) ?? outerMime;
  const kind = modalityOf(mimeType, typeof part.modality === 'string' ? part.modality : modality);
  const more = depth === 0 ? extras(part) : undefined;
  const uri = textAt(part, URI_KEYS);
  if (uri !== undefined) return { ...more, ...uriPart(uri, kind, mimeType) };
  const bytes = textAt(part, BYTES_KEYS) ?? bytesIn(part);
  if (bytes !== undefined && part.type === 'text') return { type: 'text', content: bytes };
  if (bytes !== undefined) return { ...more, ...mediaPart(bytes, kind, mimeType) };
  const fileId = textAt(part, FILE_ID_KEYS);
  if (fileId !== undefined) return { ...more, ...filePart(fileId, kind, mimeType) };
  for (const holder of HOLDERS) {
    const inner = part[holder];
    if (typeof inner === 'string' && inner !== '') return { ...more, ...mediaPart(inner, kind, mimeType) };
    const numbers = bytesAsBase64(inner);
    if (numbers !== undefined) return { ...more, ...mediaPart(numbers, kind, mimeType) };
    if (isRecord(inner) && depth < MAX_DEPTH) {
      const found = mediaFrom(inner, kind, depth + 1, mimeType);
      if (found !== undefined) return { ...more, ...found };
    }
  }
  return undefined;
}

function bytesIn(part: Json): string | undefined {
  for (const key of BYTES_KEYS) {
    const value = part[key];
    const bytes = typeof value === 'object' ? bytesAsBase64(value) : undefined;
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

/** Names that providers and people read beside the medium. */
function extras(part: Json): Json | undefined {
  let found: Record<string, string> | undefined;
  for (const [name, key] of [
    ['transcript', 'transcript'],
    ['name', 'filename'],
    ['name', 'name'],
    ['detail', 'detail'],
  ] as const) {
    const value = part[key];
    if (typeof value !== 'string' || value === '') continue;
    found ??= {};
    found[name] ??= value;
  }
  return found;
}

/** MIME types of the formats that Bedrock names, if they are not `<modality>/<format>`. */
const DOCUMENT_MIMES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  csv: 'text/csv',
  html: 'text/html',
  md: 'text/markdown',
  txt: 'text/plain',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** Reads the type from the format: `input_audio: {data, format: 'wav'}`, `image: {format: 'png', source}`. */
function formatMime(part: Json, modality: Modality): string | undefined {
  const { format } = part;
  if (typeof format !== 'string' || format === '' || format.length > 40) return undefined;
  if (format.includes('/')) return format;
  return modality === 'document'
    ? DOCUMENT_MIMES[format]
    : `${modality}/${format === 'jpg' ? 'jpeg' : format}`;
}

function textAt(part: Json, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = part[key];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
