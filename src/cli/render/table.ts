/** Aligned columns of text. */
import { printable } from '../../base/printable.ts';
import type { Style, StyleName } from './style.ts';
import { displayWidth, truncate } from './width.ts';

/** A value of a table: its text, and how to dress it. Control characters in texts and titles are made visible. */
export type Cell = string | { readonly text: string; readonly style: StyleName };

export interface TableColumn {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Gives way first when the table is wider than the terminal. */
  readonly flexible?: boolean;
  /** Left out, the last first, when shortening is not enough. */
  readonly droppable?: boolean;
}

export interface TableOptions {
  readonly style: Style;
  /** Cells of the terminal's line; wider tables shorten their flexible columns. Default: no limit. */
  readonly width?: number;
  /** Put before every line. */
  readonly indent?: string;
}

const gap = '  ';
const narrowest = 12;

/** A header and rows as lines without trailing spaces. Every row has a cell per column. */
export function table(titled: readonly TableColumn[], rows: readonly (readonly Cell[])[], options: TableOptions): string[] {
  const columns = titled.map((column) => ({ ...column, title: printable(column.title) })); // titles come from data, too: classes, metrics
  const texts = rows.map((row) => columns.map((_, index) => printable(textOf(row[index] ?? ''))));
  const natural = columns.map(({ title }, index) => Math.max(displayWidth(title), ...texts.map((row) => displayWidth(row[index] ?? ''))));
  const limit = (options.width ?? Infinity) - (options.indent ?? '').length;
  const widths = fit(columns, natural, limit);
  const dropped = totalWidth(widths) > limit ? columns.findLastIndex(({ droppable }) => droppable === true) : -1;
  if (dropped >= 0)
    return table(
      columns.toSpliced(dropped, 1),
      rows.map((row) => row.toSpliced(dropped, 1)),
      options,
    );
  return layOut(columns, { rows, texts, widths }, options);
}

interface Contents {
  readonly rows: readonly (readonly Cell[])[];
  /** The rows' cells as they are shown. */
  readonly texts: readonly (readonly string[])[];
  readonly widths: readonly number[];
}

function layOut(columns: readonly TableColumn[], { rows, texts, widths }: Contents, options: TableOptions): string[] {
  const indent = options.indent ?? '';
  const line = (cells: readonly string[], dress: (text: string, index: number) => string): string =>
    (indent + cells.map((cell, index) => dress(pad(cell, widths[index] ?? 0, columns[index]?.align), index)).join(gap)).trimEnd();
  const header = line(
    columns.map(({ title }) => title),
    (text) => options.style('dim', text),
  );
  const body = texts.map((cells, row) => line(cells, (text, index) => dressed(rows[row]?.[index], text, options.style)));
  return columns.some(({ title }) => title !== '') ? [header, ...body] : body;
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text;
}

function dressed(cell: Cell | undefined, text: string, style: Style): string {
  return cell === undefined || typeof cell === 'string' ? text : style(cell.style, text);
}

function pad(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = truncate(text, width);
  const space = ' '.repeat(Math.max(0, width - displayWidth(shown)));
  return align === 'right' ? space + shown : shown + space;
}

/** Takes what is too wide from the flexible columns, the widest first. */
function fit(columns: readonly TableColumn[], widths: readonly number[], limit: number): number[] {
  const fitted = [...widths];
  let excess = totalWidth(widths) - limit;
  const flexible = columns.flatMap(({ flexible: gives }, index) => (gives === true ? [index] : []));
  for (const index of flexible.sort((a, b) => (fitted[b] ?? 0) - (fitted[a] ?? 0))) {
    if (excess <= 0) break;
    const width = fitted[index] ?? 0;
    const taken = Math.min(excess, Math.max(0, width - narrowest));
    fitted[index] = width - taken;
    excess -= taken;
  }
  return fitted;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + gap.length * (widths.length - 1);
}
