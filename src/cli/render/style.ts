/** Colour as a value: renderers are given a style and never ask what they write to. */
import { styleText } from 'node:util';

export type StyleName = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta';

/** Dresses a text; a {@link plain} one leaves it as it is. */
export type Style = (name: StyleName, text: string) => string;

export const plain: Style = (_name, text) => text;

/** Colours for a stream that is a terminal; NO_COLOR and FORCE_COLOR are honoured. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  return (name, text) => styleText(name, text, { stream });
}
