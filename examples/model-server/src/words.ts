/** Words that are too common to indicate the subject of a text. */
const STOP_WORDS = new Set(
  `a about after all also am an and any are as at be because been before being but by can could did do does doing
for from get give had has have how i if in into is it its just know let like long make many may me more most much
must my need no not of on one only or other our out please should so some tell than that the their them then there
these they this to too up us use want was we were what when where which while who why will with would you your`.split(
    /\s+/,
  ),
);

/** Returns the meaningful words of a text in lower case, without endings, so that `refunds` matches `refunded`. */
export function contentWords(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])
    .filter((word) => !STOP_WORDS.has(word))
    .map(stem);
}

function stem(word: string): string {
  if (word.length < 5) return word.replace(/s$/, '');
  return word.replace(/(ing|ed|es|s)$/, '').replace(/e$/, '');
}

/** Splits a text into sentences, including their punctuation. */
export function sentences(text: string): string[] {
  return text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '');
}
