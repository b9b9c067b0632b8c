const ALLOWED = new Set(['http:', 'https:', 'mailto:']);

/** The URL if it is absolute with the scheme http, https or mailto; null otherwise (`javascript:`, `data:`, relative). */
export function safeLink(url: unknown): string | null {
  if (typeof url !== 'string') return null;
  try {
    const parsed = new URL(url);
    return ALLOWED.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}
