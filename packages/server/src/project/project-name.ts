import type { RawResource } from '@throughline/spans';

export const DEFAULT_PROJECT = 'default';
const MAX_LENGTH = 128;
/** No control, format, unassigned or lone surrogate characters, no line breaks. */
const PRINTABLE = /^[^\p{C}\p{Zl}\p{Zp}]+$/u;

/** The first that is present names the project. */
const RESOURCE_ATTRIBUTES = ['throughline.project', 'openinference.project.name'] as const;

export function isProjectName(name: string): boolean {
  return name.length > 0 && name.length <= MAX_LENGTH && PRINTABLE.test(name);
}

export const PROJECT_NAME_RULE = `1 to ${MAX_LENGTH} printable characters`;

/** What a resource says its project is, unchecked; `default` where it says nothing. */
export function projectOfResource(resource: RawResource): string {
  for (const key of RESOURCE_ATTRIBUTES) {
    const value = resource.attributes.get(key);
    if (typeof value === 'string' && value !== '') return value;
  }
  return DEFAULT_PROJECT;
}
