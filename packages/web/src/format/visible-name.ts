/** Characters that nobody sees: controls, and marks that change the direction of the text around them. */
const INVISIBLE = /[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A name with its invisible characters written out, because they can make it look like another: `a⟨U+202E⟩b`. */
export function visibleName(name: string): string {
  return name.replace(
    INVISIBLE,
    (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
  );
}
