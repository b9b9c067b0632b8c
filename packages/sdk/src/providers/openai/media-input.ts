import type { Message, MessagePart } from '@throughline/spans';
import { number, record, text } from '../../core/json.ts';

/** Input message of a prompt with files. Files are not read, only their name, size and type are recorded. */
export function mediaInput(prompt: unknown, files: readonly unknown[], modality: string): Message[] {
  const parts: MessagePart[] = typeof prompt === 'string' ? [{ type: 'text', content: prompt }] : [];
  for (const file of files.flat()) {
    if (typeof file !== 'object' || file === null) continue;
    const { name, path, size, type } = record(file);
    const label = text(name) ?? (typeof path === 'string' ? path.split(/[\\/]/).at(-1) : undefined);
    parts.push({ type: 'attachment', modality, name: label, size: number(size), mime_type: text(type) });
  }
  return parts.length === 0 ? [] : [{ role: 'user', parts }];
}
