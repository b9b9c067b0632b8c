import { ThroughlineError } from '../errors/errors.ts';
import { DEFAULT_PROJECT, isProjectName, PROJECT_NAME_RULE } from './project-name.ts';

/** Header with the project of a request, over HTTP and gRPC. Its bytes are UTF-8 or, if they are not valid UTF-8, Latin-1. */
export const PROJECT_HEADER = 'x-throughline-project';
/** The same header for gRPC clients, whose text metadata is limited to ASCII: UTF-8 in base64. */
const BINARY_PROJECT_HEADER = `${PROJECT_HEADER}-bin`;

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The project in the headers. Undefined if there is none.
 *
 * @throws ThroughlineError invalid-project
 */
export function projectOfHeaders(headers: RequestHeaders): string | undefined {
  const text = headers[PROJECT_HEADER]?.toString();
  const binary = headers[BINARY_PROJECT_HEADER]?.toString();
  if (text === undefined && binary === undefined) return undefined;
  const bytes = text === undefined ? Buffer.from(binary ?? '', 'base64') : Buffer.from(text, 'latin1');
  const name = decodeText(bytes).trim();
  return checkedProject(name, `the header ${text === undefined ? BINARY_PROJECT_HEADER : PROJECT_HEADER}`);
}

/** Like {@link projectOfHeaders}, but undefined for an invalid name. */
export function validProjectOfHeaders(headers: RequestHeaders): string | undefined {
  try {
    return projectOfHeaders(headers);
  } catch {
    return undefined;
  }
}

/**
 * The project of an API request: its parameter `project`, otherwise its headers, otherwise `default`.
 *
 * @throws ThroughlineError invalid-project
 */
export function projectOfApiRequest(parameter: string | undefined, headers: RequestHeaders): string {
  if (parameter !== undefined) return checkedProject(parameter, 'the parameter project');
  return projectOfHeaders(headers) ?? DEFAULT_PROJECT;
}

/** @throws ThroughlineError invalid-project */
export function checkedProject(name: string, where: string): string {
  if (isProjectName(name)) return name;
  throw new ThroughlineError('invalid-project', `${where} is not ${PROJECT_NAME_RULE}`);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Node decodes headers as Latin-1. `curl` sends UTF-8; `fetch` and Python's `requests` send Latin-1 if possible. */
function decodeText(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}
