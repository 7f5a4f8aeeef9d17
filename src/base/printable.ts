/** Texts of any origin on a screen: nothing in them moves the cursor, sets a title, makes a link or turns the order of signs. */

/** C0, C1, marks and overrides of writing direction, separators of lines, and the sign that begins no text. */
const steering = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** The text with such signs made visible. */
export function printable(text: string): string {
  return text.replace(steering, (sign) => {
    if (sign === '\n') return '⏎';
    if (sign === '\t') return ' ';
    return escaped(sign);
  });
}

function escaped(sign: string): string {
  return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The colours and weights that our own styles put into a line. */
const ownColours = /\u001b\[(?:0|1|2|22|3[1-6]|39)m/.source;
const ownOrSteering = new RegExp(`${ownColours}|${steering.source}`, 'g');

/** Whole lines with colours: the last door before a terminal, for what was not made {@link printable} before. */
export function steadyLines(text: string): string {
  return text.replace(ownOrSteering, (found) => (found.length > 1 || found === '\n' || found === '\t' ? found : escaped(found)));
}
