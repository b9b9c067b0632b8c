import type { MessagePart } from '../../api/types.ts';

/** Media types that are safe to show. SVG is not among them because it can contain scripts. */
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

/** Types to assume if only the modality is known. */
const BY_MODALITY: Readonly<Record<string, string>> = { image: 'image/png', audio: 'audio/wav' };

/** The media type to show a blob as; null if it must not be shown. */
export function blobType(part: MessagePart): string | null {
  const declared = typeof part.mime_type === 'string' ? part.mime_type.toLowerCase().trim() : '';
  const type = Object.hasOwn(ALIASES, declared) ? (ALIASES[declared] as string) : declared;
  if (SHOWN.has(type)) return type;
  const modality = String(part.modality ?? '');
  return declared === '' && Object.hasOwn(BY_MODALITY, modality) ? (BY_MODALITY[modality] as string) : null;
}
