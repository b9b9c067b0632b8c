import { expect, it } from 'vitest';
import { visibleName } from './visible-name.ts';

it.each([
  ['answer_question', 'answer_question'],
  ['Antwort für Zoë 👩‍🔬', 'Antwort für Zoë 👩‍🔬'],
  ['pay\u202Efdp.exe', 'pay⟨U+202E⟩fdp.exe'],
  ['two\nlines\u0000', 'two⟨U+000A⟩lines⟨U+0000⟩'],
  ['\u2066isolated\u2069', '⟨U+2066⟩isolated⟨U+2069⟩'],
])('writes out the invisible characters of %j', (name, shown) => {
  expect(visibleName(name)).toBe(shown);
});
