import type { Image } from './model-request.ts';

/** Reads an image from a URL: `data:image/png;base64,…` or `https://…`. */
export function imageFromUrl(url: string): Image {
  const data = /^data:([\w/+.-]+);base64,([\s\S]*)$/.exec(url);
  return data === null ? { mimeType: 'image/*' } : imageFromBase64(data[1] ?? 'image/*', data[2] ?? '');
}

/** Reads the size from the header of a PNG. Other formats have no size. */
export function imageFromBase64(mimeType: string, base64: string): Image {
  if (mimeType !== 'image/png') return { mimeType };
  const header = Buffer.from(base64.slice(0, 64), 'base64');
  if (header.length < 24 || header.toString('latin1', 1, 4) !== 'PNG') return { mimeType };
  return { mimeType, width: header.readUInt32BE(16), height: header.readUInt32BE(20) };
}
