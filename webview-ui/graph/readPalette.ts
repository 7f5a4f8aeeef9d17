/** The page's colours as the browser resolves them, for a file that has no editor around it. */
import { paints, type Palette } from '../../src/protocol/graph/graphDrawing.ts';

export function readPalette(): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.querySelector('.graph')?.append(probe); // where the drawing's own colours are known
  const style = getComputedStyle(probe);
  const colours = paints.map((paint) => {
    probe.style.color = `var(--${paint})`;
    return [paint, style.color] as const;
  });
  probe.remove();
  return Object.fromEntries(colours) as Palette;
}
