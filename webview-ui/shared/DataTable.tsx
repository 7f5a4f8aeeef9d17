/** A table that sorts by its headers and draws only the rows in view when there are many. */
import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type Row,
  type RowData,
  type SortingState,
} from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useState, type ReactNode } from 'react';
import './tables.css';

export interface Column<Item> {
  readonly header: string;
  /** What the column sorts by; numbers stand to the right. Left out: a drawing of other columns, which does not sort. */
  readonly value?: (item: Item) => string | number;
  /** Whether it stands to the right; default: whether its values are numbers. */
  readonly isNumber?: boolean;
  /** What is shown; default: the value. */
  readonly show?: (item: Item) => ReactNode;
}

export interface DataTableProps<Item> {
  /** The table's accessible name. */
  readonly label: string;
  readonly columns: readonly Column<Item>[];
  readonly items: readonly Item[];
  /** Rows below all others, whatever the order: averages, totals. */
  readonly summary?: readonly Item[];
  /** The longest list drawn whole; a longer one scrolls inside its own height. Default: 60. */
  readonly wholeUpTo?: number;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const rowHeight = 28;

export function DataTable<Item extends RowData>({ label, columns, items, summary = [], wholeUpTo = 60 }: DataTableProps<Item>) {
  const [sorting, setSorting] = useState<SortingState>([]);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<typeof features, Item>();
    return helper.columns(
      columns.map(({ header, value }) =>
        helper.accessor(value ?? ((): string => ''), { id: header, header, enableSorting: value !== undefined, sortFn: compareRows }),
      ),
    );
  }, [columns]);
  const data = useMemo(() => [...items], [items]);
  const table = useTable({ features, columns: definitions, data, state: { sorting }, onSortingChange: setSorting });
  const rows = table.getRowModel().rows;
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const isLong = rows.length > wholeUpTo;
  const first = items[0];

  return (
    <div
      className={isLong ? 'scroll long' : 'scroll'}
      ref={setScroller}
      {...(isLong ? { tabIndex: 0, role: 'region', 'aria-label': label } : {})}
    >
      <table aria-rowcount={rows.length + 1 + summary.length}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            {table.getHeaderGroups()[0]?.headers.map(({ id, column }, index) => {
              const direction = column.getIsSorted();
              const isNumber = first !== undefined && standsRight(columns[index], first);
              return (
                <th
                  key={id}
                  scope="col"
                  className={isNumber ? 'number' : undefined}
                  {...(column.getCanSort() ? { 'aria-sort': sortWords[String(direction)] ?? 'none' } : {})}
                >
                  {column.getCanSort() ? (
                    <button type="button" className="sort" onClick={column.getToggleSortingHandler()}>
                      {id}
                      {direction === false ? '' : direction === 'asc' ? ' ↑' : ' ↓'}
                    </button>
                  ) : (
                    id
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        {isLong ? (
          <RowsInView rows={rows} columns={columns} scroller={scroller} />
        ) : (
          <tbody>
            {rows.map((row) => (
              <Cells key={row.id} item={row.original} columns={columns} />
            ))}
          </tbody>
        )}
        {summary.length === 0 ? null : (
          <tfoot>
            {summary.map((item, index) => (
              <Cells key={index} item={item} columns={columns} />
            ))}
          </tfoot>
        )}
      </table>
    </div>
  );
}

const sortWords: Readonly<Record<string, 'ascending' | 'descending'>> = { asc: 'ascending', desc: 'descending' };

/** Numbers by size with NaN below all, texts as people sort them. */
function compareRows(a: { getValue(id: string): unknown }, b: { getValue(id: string): unknown }, id: string): number {
  const [first, second] = [a.getValue(id), b.getValue(id)];
  if (typeof first === 'string' && typeof second === 'string') return first.localeCompare(second, undefined, { numeric: true });
  const [x, y] = [Number(first), Number(second)];
  return (Number.isNaN(x) ? -Infinity : x) - (Number.isNaN(y) ? -Infinity : y) || 0;
}

interface RowsInViewProps<Item extends RowData> {
  readonly rows: readonly Row<typeof features, Item>[];
  readonly columns: readonly Column<Item>[];
  readonly scroller: HTMLDivElement | null;
}

function RowsInView<Item extends RowData>({ rows, columns, scroller }: RowsInViewProps<Item>) {
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = virtualizer.getVirtualItems();
  const before = shown[0]?.start ?? 0;
  const after = virtualizer.getTotalSize() - (shown.at(-1)?.end ?? 0);
  return (
    <tbody>
      <Spacer height={before} width={columns.length} />
      {shown.map(({ index, key }) => {
        const row = rows[index];
        return row === undefined ? null : (
          <Cells key={key} item={row.original} columns={columns} index={index} measure={virtualizer.measureElement} />
        );
      })}
      <Spacer height={after} width={columns.length} />
    </tbody>
  );
}

function Spacer({ height, width }: { readonly height: number; readonly width: number }) {
  return height <= 0 ? null : (
    <tr className="spacer" aria-hidden="true">
      <td colSpan={width} style={{ height }} />
    </tr>
  );
}

function standsRight<Item>(column: Column<Item> | undefined, item: Item): boolean {
  return column?.isNumber ?? typeof column?.value?.(item) === 'number';
}

interface CellsProps<Item> {
  readonly item: Item;
  readonly columns: readonly Column<Item>[];
  /** Of a row among many, of which only those in view are drawn. */
  readonly index?: number;
  readonly measure?: (row: HTMLTableRowElement | null) => void;
}

function Cells<Item>({ item, columns, index, measure }: CellsProps<Item>) {
  return (
    <tr {...(index === undefined ? {} : { 'aria-rowindex': index + 2, 'data-index': index, ref: measure })}>
      {columns.map((column, position) => {
        const { header, value, show } = column;
        const content = show === undefined ? value?.(item) : show(item);
        const className = standsRight(column, item) ? 'number' : undefined;
        return position === 0 && className === undefined ? (
          <th key={header} scope="row">
            {content}
          </th>
        ) : (
          <td key={header} className={className}>
            {content}
          </td>
        );
      })}
    </tr>
  );
}
