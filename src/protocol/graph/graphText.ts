/** Texts of a drawn graph: how wide they are without a browser to ask, and what of them may stand in a drawing. */

export type TextSize = 'title' | 'detail';

const pixels: Readonly<Record<TextSize, number>> = { title: 13, detail: 11.5 };

/** Shares of the type size, by kind of character, of the widest of the usual interface fonts. */
function shareOf(character: string): number {
  if (/[ilj.,:;|!'`()[\]{}]/.test(character)) return 0.31;
  if (/[ftr/\\\- ]/.test(character)) return 0.4;
  if (/[mwMW@%]/.test(character)) return 0.92;
  if (/[A-Z]/.test(character)) return 0.69;
  if (/[\u0300-\u036f\u200b-\u200f]/.test(character)) return 0;
  return /[\u0020-\u024f\u0370-\u05ff]/.test(character) ? 0.59 : 1.05;
}

/** About how many pixels the text takes, rather too many than too few; titles are bold. */
export function textWidth(text: string, size: TextSize): number {
  let width = 0;
  for (const character of text) width += shareOf(character);
  return width * emOf(size);
}

/** Pixels of a whole em of the widest usual font, bold where the size is. */
function emOf(size: TextSize): number {
  return pixels[size] * (size === 'title' ? 1.13 : 1.04);
}

export function textPixels(size: TextSize): number {
  return pixels[size];
}

/** At most so many pixels of it, the rest replaced by an ellipsis. */
export function shortened(text: string, size: TextSize, room: number): string {
  if (textWidth(text, size) <= room) return text;
  let kept = '';
  let width = textWidth('…', size);
  for (const character of text) {
    width += shareOf(character) * emOf(size);
    if (width > room) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** One line without what could steer a reader or break a document: control characters, marks of writing direction, halves of characters. */
export function drawable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g, '\ufffd')
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
