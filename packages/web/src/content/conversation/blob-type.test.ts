import { describe, expect, it } from 'vitest';
import { blobType } from './blob-type.ts';

describe('media in messages', () => {
  it.each([
    [{ mime_type: 'image/png' }, 'image/png'],
    [{ mime_type: 'IMAGE/JPG' }, 'image/jpeg'],
    [{ modality: 'image' }, 'image/png'],
    [{ mime_type: 'audio/mp3' }, 'audio/mpeg'],
  ])('shows %j', (part, type) => {
    expect(blobType({ type: 'blob', ...part })).toBe(type);
  });

  it.each([
    [{ mime_type: 'image/svg+xml', modality: 'image' }],
    [{ mime_type: 'text/html', modality: 'image' }],
    [{ mime_type: 'image/png;base64,x"><script>', modality: 'image' }],
    [{ modality: '__proto__' }],
    [{}],
  ])('does not show %j', (part) => {
    expect(blobType({ type: 'blob', ...part })).toBeNull();
  });
});
