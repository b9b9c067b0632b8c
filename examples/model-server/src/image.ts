import type { Image } from './model-request.ts';

/** An image from its address: `data:image/png;base64,…` or `https://…`. */
export function imageFromUrl(url: string): Image {
  const data = /^data:([\w/+.-]+);base64,([\s\S]*)$/.exec(url);
  return data === null ? { mimeType: 'image/*' } : imageFromBase64(data[1] ?? 'image/*', data[2] ?? '');
}

/** The size is read from the header of a PNG. */
export function imageFromBase64(mimeType: string, base64: string): Image {
  if (mimeType !== 'image/png') return { mimeType };
  const header = Buffer.from(base64.slice(0, 64), 'base64');
  if (header.length < 24 || header.toString('latin1', 1, 4) !== 'PNG') return { mimeType };
  return { mimeType, width: header.readUInt32BE(16), height: header.readUInt32BE(20) };
}
