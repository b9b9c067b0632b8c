import { checkedProject, projectOfHeaders, type RequestHeaders } from './project-of-request.ts';

/**
 * The project of a Langfuse SDK: the header `x-throughline-project`, otherwise the public key, with or without its prefix
 * `pk-lf-`. A key that Langfuse generated, or none, names no project.
 *
 * @throws ThroughlineError invalid-project
 */
export function projectOfLangfuse(headers: RequestHeaders): string | undefined {
  const named = projectOfHeaders(headers);
  if (named !== undefined) return named;
  const key = publicKeyOf(headers.authorization?.toString() ?? '').replace(/^pk-lf-/, '');
  return key === '' || GENERATED_KEY.test(key) ? undefined : checkedProject(key, 'the public key');
}

/** Matches a UUID. In a key that Langfuse generated, it follows `pk-lf-`. */
const GENERATED_KEY = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The user name of Basic authentication, or a public key that is sent as a token. */
function publicKeyOf(authorization: string): string {
  const [, scheme = '', value = ''] = /^(\S+) +(\S+)$/.exec(authorization.trim()) ?? [];
  if (scheme.toLowerCase() === 'basic')
    return Buffer.from(value, 'base64').toString().split(':', 1)[0]?.trim() ?? '';
  return scheme.toLowerCase() === 'bearer' && value.startsWith('pk-lf-') ? value : '';
}

/**
 * The project of the exporters of LangSmith and Braintrust for OpenTelemetry, which use the same path.
 *
 * @throws ThroughlineError invalid-project
 */
export function projectOfExporter(headers: RequestHeaders): string | undefined {
  const named = projectOfHeaders(headers);
  if (named !== undefined) return named;
  const project = headers['langsmith-project']?.toString().trim() ?? '';
  if (project !== '') return checkedProject(project, 'the header langsmith-project');
  const [, parent] = /^project_(?:name|id):(.+)$/.exec(headers['x-bt-parent']?.toString().trim() ?? '') ?? [];
  return parent === undefined ? undefined : checkedProject(parent, 'the header x-bt-parent');
}
