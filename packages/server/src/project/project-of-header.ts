import { ThroughlineError } from '../errors/errors.ts';
import { isProjectName, PROJECT_NAME_RULE } from './project-name.ts';

/**
 * The project that the header `x-throughline-project` names. Node reads header bytes as Latin-1; names beyond ASCII
 * are sent as UTF-8.
 *
 * @throws ThroughlineError invalid-project
 */
export function projectOfHeader(header: string): string {
  const name = Buffer.from(header, 'latin1').toString('utf8').trim();
  if (isProjectName(name)) return name;
  throw new ThroughlineError(
    'invalid-project',
    `the header x-throughline-project is not ${PROJECT_NAME_RULE}`,
  );
}

/** Undefined where there is no header, or the name is not valid. */
export function validProjectOfHeader(header: string | undefined): string | undefined {
  try {
    return header === undefined ? undefined : projectOfHeader(header);
  } catch {
    return undefined;
  }
}
