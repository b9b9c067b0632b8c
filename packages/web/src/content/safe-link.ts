const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/** The link where it is absolute and of a harmless scheme; null otherwise (`javascript:`, `data:`, relative ones). */
export function safeLink(url: unknown): string | null {
  if (typeof url !== 'string') return null;
  try {
    const parsed = new URL(url);
    return ALLOWED.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}
