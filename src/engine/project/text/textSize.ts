/** How large a text may be to be read as YAML. Judged before it is read: reading is what costs. */

/** Some millions of characters are fast to read where they are a few long texts … */
const mostCharacters = 4_000_000;
/** … and slow where every second one is a sign that parts values. */
const mostSigns = 250_000;

/** The limits, for the words that tell of them. */
export const textLimits = { characters: mostCharacters, signs: mostSigns } as const;

/** Bytes of the longest text within the limits, in UTF-8. */
export const mostTextBytes = 3 * mostCharacters;

/** Line ends, brackets, quotes, commas, signs of anchors and comments, wherever they stand; colons and dashes before a blank. */
const sign = /[\n\r,[\]{}"'&*!#]|[:?-](?=[ \n\r]|$)/g;

export function isTooLarge(text: string): boolean {
  if (text.length > mostCharacters) return true;
  if (text.length <= mostSigns) return false;
  sign.lastIndex = 0;
  for (let signs = 0; sign.test(text);) if (++signs > mostSigns) return true;
  return false;
}
