const MAX_LENGTH = 60;

/** Removes control and formatting characters and truncates the text to one short line. */
export function printableName(text: string): string {
  const clean = text.slice(0, 4 * MAX_LENGTH).replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, '�');
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}
