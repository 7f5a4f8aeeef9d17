/** What a page sends, read before the host uses it: a page is not trusted to keep its contract. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { columnUses, splitNames, type ProposalChoices } from '../dataset.ts';
import { paints, type Palette } from '../graph/graphDrawing.ts';
import { graphPlaces, type GraphPlace } from './pageContract.ts';

const longestText = 1_000_000;

/** @throws AppError `page.badRequest` */
export function readCopiedText(params: unknown): string {
  const { text } = membersOf(params);
  if (typeof text !== 'string' || text.length > longestText) throw badRequest('copy');
  return text;
}

/** A reader of the place that a page wants shown: one of these. The reader throws AppError `page.badRequest`. */
export function placeReader<Place extends string>(places: readonly Place[]): (params: unknown) => Place {
  return (params) => {
    const { what } = membersOf(params);
    const place = places.find((each) => each === what);
    if (place === undefined) throw badRequest('reveal');
    return place;
  };
}

/** @throws AppError `page.badRequest` */
export function readGraphPlace(params: unknown): { readonly node: string; readonly what: GraphPlace } {
  const { node, what } = membersOf(params);
  const place = graphPlaces.find((each) => each === what);
  if (typeof node !== 'string' || place === undefined) throw badRequest('open');
  return { node, what: place };
}

/** @throws AppError `page.badRequest` */
export function readGraphRun(params: unknown): { readonly node: string; readonly downstream: boolean } {
  const { node, downstream } = membersOf(params);
  if (typeof node !== 'string' || typeof downstream !== 'boolean') throw badRequest('run');
  return { node, downstream };
}

/** A colour as a browser resolves it, and nothing that could end an attribute. */
const colour = /^[\w#(),.%/\s-]{1,80}$/;

/** @throws AppError `page.badRequest` */
export function readGraphSave(params: unknown): { readonly format: 'svg' | 'mermaid'; readonly palette: Palette } {
  const { format, palette } = membersOf(params);
  if (format !== 'svg' && format !== 'mermaid') throw badRequest('save');
  const colours = membersOf(palette);
  const read = paints.map((paint) => {
    const value = colours[paint];
    if (typeof value !== 'string' || !colour.test(value)) throw badRequest('save');
    return [paint, value] as const;
  });
  return { format, palette: Object.fromEntries(read) as Palette };
}

/** @throws AppError `page.badRequest` */
export function readProposalChoices(params: unknown): ProposalChoices {
  const { target, uses, trainer, split, metric } = membersOf(params);
  const text = (value: unknown): string | undefined => {
    if (value !== undefined && value !== null && typeof value !== 'string') throw badRequest('choose');
    return value ?? undefined;
  };
  const drawn = splitNames.find((name) => name === split);
  if (drawn === undefined && text(split) !== undefined) throw badRequest('choose');
  return { target: text(target), uses: readUses(uses ?? []), trainer: text(trainer), split: drawn, metric: text(metric) };
}

function readUses(params: unknown): NonNullable<ProposalChoices['uses']> {
  if (!Array.isArray(params)) throw badRequest('choose');
  return params.map((each: unknown) => {
    const { column, use } = membersOf(each);
    const known = columnUses.find((name) => name === use);
    if (typeof column !== 'string' || known === undefined) throw badRequest('choose');
    return { column, use: known };
  });
}

function membersOf(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null ? (params as Readonly<Record<string, unknown>>) : {};
}

function badRequest(request: string): AppError {
  return new AppError('page.badRequest', t('The page asked for something that makes no sense ({request}).', { request }), {
    kind: 'internal',
    args: { request },
    remedy: t('Close the page and open it again.'),
  });
}
