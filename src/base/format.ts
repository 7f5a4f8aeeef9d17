/** Numbers in words and tables: the same digits in the terminal, the editor and on pages. */

/** A metric or another measured figure: `0.7013`, `12.35`, `1,234,567`, `1.2e-7`. */
export function formatFigure(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && size < 5e-5) return withMinus(value.toExponential(1));
  if (size < 10) return withMinus(value.toFixed(4));
  if (size < 1000) return withMinus(value.toFixed(2));
  return size < 1e15 ? grouped(value, 0) : withMinus(value.toExponential(3));
}

/** A difference of figures, with its sign: `+0.2013`, `−0.0031`. */
export function formatDifference(value: number): string {
  const text = formatFigure(value);
  return value > 0 && Number.isFinite(value) ? `+${text}` : text;
}

/** A share from 0 to 1 as per cent: `20.3 %`, `< 0.1 %`. */
export function formatShare(share: number): string {
  if (Number.isNaN(share)) return '–';
  if (share > 0 && share < 0.001) return '< 0.1 %';
  return `${(share * 100).toFixed(1)} %`;
}

/** A whole number: `1,234,567`. */
export function formatCount(count: number): string {
  return grouped(count, 0);
}

/** Rows, or their weight where they are weighted: `1,234`, `56.71`. */
export function formatAmount(amount: number): string {
  return Number.isInteger(amount) ? formatCount(amount) : formatFigure(amount);
}

/** The values that a column has, as far as its figures' form depends on them. */
export interface ValueRange {
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
}

/** A value of a column, or their mean: whole numbers as counts are written, but years without a comma (`1999`, `2003.3`). */
export function formatValue(value: number, { min, max }: ValueRange): string {
  if (areYears({ min, max }) && value >= Number(min) && value <= Number(max)) return value.toFixed(Number.isInteger(value) ? 0 : 1);
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? formatCount(value) : formatFigure(value);
}

/** Whether a column's values look like years, which are written without a comma. */
export function areYears({ min, max }: ValueRange): boolean {
  return isYear(min) && isYear(max);
}

function isYear(value: number | string | undefined): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1500 && value <= 2200;
}

/**
 * A p-value: `< 0.001`, `0.042`; `< 0.002` at the floor of a resampling test.
 * @param floor the smallest p-value that the test can give
 */
export function formatPValue(p: number, floor?: number): string {
  if (floor !== undefined && floor < 1 && p <= floor) return `< ${Math.max(0.001, Math.ceil(floor * 1000) / 1000).toFixed(3)}`;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** A size: `13.5 MB`, in powers of ten, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? value.toFixed(0) : value.toFixed(1)} ${units[unit] ?? ''}`;
}

function grouped(value: number, digits: number): string {
  if (Math.abs(value) >= 1e21) return withMinus(String(value)); // JavaScript writes an exponent from there on
  return withMinus(value.toFixed(digits).replace(/\B(?=(\d{3})+(?!\d))/g, ','));
}

/** The typographic minus, as wide as a plus, so that columns line up. */
function withMinus(text: string): string {
  return text.replace(/^-(?=.*[1-9])/, '−').replace(/^-/, '');
}
