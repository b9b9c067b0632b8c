import type { RawResource } from '@throughline/spans';

export const DEFAULT_PROJECT = 'default';
const MAX_LENGTH = 128;
/** Excludes control, format and unassigned characters, lone surrogates and line breaks. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** The first attribute that exists is used. */
const RESOURCE_ATTRIBUTES = ['throughline.project', 'openinference.project.name'] as const;

export function isProjectName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_LENGTH && PRINTABLE.test(name);
}

export const PROJECT_NAME_RULE = `1 to ${MAX_LENGTH} printable characters`;

/** The project of a resource, not validated. `default` if the resource names none. */
export function projectOfResource(resource: RawResource): string {
  for (const key of RESOURCE_ATTRIBUTES) {
    const value = resource.attributes.get(key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return DEFAULT_PROJECT;
}
