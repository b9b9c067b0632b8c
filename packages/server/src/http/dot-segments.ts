/**
 * Decodes ids `.` and `..` in paths of the API once: `/api/v1/sessions/%252E` becomes `/api/v1/sessions/%2E`, which the router
 * decodes. Browsers and other clients resolve the segments `.`, `..`, `%2E` and `%2E%2E`, so such ids are encoded twice.
 *
 * Other addresses stay as they are, in particular those of files.
 */
export function decodeDotSegments(url: string): string {
  const end = url.includes('?') ? url.indexOf('?') : url.length;
  const path = url.slice(0, end);
  if (!/^\/(?:share\/[^/]+\/)?api\//.test(path)) return url;
  const decoded = path.replace(/\/(?:%252E){1,2}(?=\/|$)/gi, (segment) => segment.replaceAll('%25', '%'));
  return decoded + url.slice(end);
}
