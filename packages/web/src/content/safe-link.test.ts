import { describe, expect, it } from 'vitest';
import { safeLink } from './safe-link.ts';

describe('links in untrusted text', () => {
  it.each(['https://example.com/a?b=c', 'http://127.0.0.1:8080/', 'mailto:a@example.com'])(
    'keeps %s',
    (url) => {
      expect(safeLink(url)).toBe(url);
    },
  );

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    '/api/v1/projects',
    '//evil.example',
    '',
    undefined,
    null,
    {},
  ])('rejects %j', (url) => {
    expect(safeLink(url)).toBeNull();
  });
});
