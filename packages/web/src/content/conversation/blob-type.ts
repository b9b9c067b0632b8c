import type { MessagePart } from '../../api/types.ts';

/** Types that a page may show. SVG is not one of them: it is a document that can hold scripts. */
const SHOWN = new Set([
  'image/png',
  'image/jpeg',
  'image/gif',
  'image/webp',
  'image/avif',
  'audio/wav',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/webm',
  'audio/flac',
]);

const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
};

/** Where only the modality is known. */
const BY_MODALITY: Readonly<Record<string, string>> = { image: 'image/png', audio: 'audio/wav' };

/** The MIME type to show a blob as; null where it is only named. */
export function blobType(part: MessagePart): string | null {
  const said = typeof part.mime_type === 'string' ? part.mime_type.toLowerCase().trim() : '';
  const type = Object.hasOwn(ALIASES, said) ? (ALIASES[said] as string) : said;
  if (SHOWN.has(type)) return type;
  const modality = String(part.modality ?? '');
  return said === '' && Object.hasOwn(BY_MODALITY, modality) ? (BY_MODALITY[modality] as string) : null;
}
