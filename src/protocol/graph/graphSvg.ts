/** A pipeline graph as one SVG file that needs nothing else: colours written out, no script, no style, no reference. Pure. */
import { t } from '../../base/localize.ts';
import { drawEdge, drawNode, type GraphShape, type Palette } from './graphDrawing.ts';
import type { GraphPicture } from './graphStatus.ts';
import { drawable } from './graphText.ts';

/** The colours of the editor's default themes, for a file that no editor writes. */
export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    background: '#ffffff',
    raised: '#f8f8f8',
    foreground: '#3b3b3b',
    strong: '#1f1f1f',
    muted: '#626262',
    outline: '#a8a8a8',
    accent: '#1a6fc4',
    good: '#2f7d3b',
    warn: '#855f00',
    bad: '#c72e0f',
  },
  dark: {
    background: '#1f1f1f',
    raised: '#252526',
    foreground: '#cccccc',
    strong: '#e3e3e3',
    muted: '#9d9d9d',
    outline: '#5e5e5e',
    accent: '#4fa3f7',
    good: '#73c991',
    warn: '#cca700',
    bad: '#f48771',
  },
};

const margin = 16;

export function graphSvg({ project, graph, layout, statuses }: GraphPicture, palette: Palette): string {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const [width, height] = [layout.width + 2 * margin, layout.height + 2 * margin];
  const title = escapeXml(t('Pipeline of {project}', { project }));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${-margin} ${width} ${height}" role="img" font-family="system-ui, 'Segoe UI', Ubuntu, sans-serif">`,
    `<title>${title}</title>`,
    `<rect x="${-margin}" y="${-margin}" width="${width}" height="${height}" fill="${escapeXml(palette.background)}"/>`,
    ...layout.edges.map((edge) => `<g>${shapesSvg(drawEdge(edge), palette)}</g>`),
    ...layout.nodes.flatMap((place) => {
      const node = nodes.get(place.id);
      if (node === undefined) return [];
      const status = statuses[place.id];
      const tip = [node.title, node.detail ?? '', status?.words ?? ''].filter((part) => part !== '').join(' · ');
      return [`<g><title>${escapeXml(tip)}</title>${shapesSvg(drawNode(place, node, status), palette)}</g>`];
    }),
    '</svg>',
    '',
  ].join('\n');
}

function shapesSvg(shapes: readonly GraphShape[], palette: Palette): string {
  return shapes.map((shape) => shapeSvg(shape, palette)).join('');
}

function shapeSvg(shape: GraphShape, palette: Palette): string {
  if (shape.shape === 'text') {
    const weight = shape.bold ? ' font-weight="600"' : '';
    return `<text x="${shape.x}" y="${shape.y}" font-size="${shape.pixels}"${weight} fill="${escapeXml(palette[shape.fill])}">${escapeXml(shape.text)}</text>`;
  }
  const { d, fill, stroke, strokeWidth, dashes } = shape;
  const line = stroke === undefined ? '' : ` stroke="${escapeXml(palette[stroke])}" stroke-width="${strokeWidth ?? 1}"`;
  const dash = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`;
  return `<path d="${d}" fill="${fill === undefined ? 'none' : escapeXml(palette[fill])}"${line}${dash}/>`;
}

/** Text for element content and quoted attributes of XML 1.0. */
function escapeXml(text: string): string {
  return drawable(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
