/** Checks of generated tables with planted violations, against figures that are counted here in the plainest way. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { validateDataset } from '../../../src/engine/data/validation/validateDataset.ts';
import type { ColumnSpec } from '../../../src/engine/project/definitions/dataset.ts';
import type { ValidateStage } from '../../../src/engine/project/definitions/stages/validateStage.ts';
import type { ValidationReport } from '../../../src/protocol/validation.ts';
import { asOf, budget, dataFolder, failureOf, type DataFolder } from './dataFolder.ts';

let folder: DataFolder;
beforeEach(() => {
  folder = dataFolder();
});
afterEach(() => {
  folder[Symbol.dispose]();
});

const context = { asOf, budget, signal: new AbortController().signal, log: () => undefined, progress: () => undefined };

async function validate(
  path: string,
  columns: Record<string, ColumnSpec>,
  { stage = {}, target, threads = 2 }: { stage?: Partial<ValidateStage>; target?: string | Record<string, string>; threads?: number } = {},
): Promise<ValidationReport> {
  const features = target === undefined ? {} : { f: { target } };
  const project = { root: folder.root, datasets: { d: { path, columns } }, features };
  const checked = { uses: 'validate' as const, dataset: 'd', ...(target === undefined ? {} : { features: 'f' }), ...stage };
  return validateDataset(project, checked, { ...context, budget: { ...budget, threads } });
}

function find(report: ValidationReport, check: string, column?: string) {
  return report.checks.find((one) => one.check === check && one.column === column);
}

type Cell = number | string | null;

function spread(values: readonly number[]): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)) };
}

function isNumber(cell: Cell | undefined): cell is number {
  return typeof cell === 'number';
}

/** Rows of a whole number, a number, a text from few, and a class; each but the class may be missing. */
const rows = fc.array(
  fc.tuple(
    fc.option(fc.integer({ min: -40, max: 40 })),
    fc.option(
      fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: -100, max: 100 }).map((n) => n / 8) },
        { weight: 1, arbitrary: fc.constant(5000.5) },
      ),
    ),
    fc.option(fc.constantFrom('a', 'b', 'c', 'x y', 'é"🚀')),
    fc.constantFrom('yes', 'no', 'no', 'no'),
  ),
  { minLength: 2, maxLength: 120 },
);

function csv(table: readonly (readonly Cell[])[]): string {
  const cell = (value: Cell): string =>
    value === null ? '' : typeof value === 'number' ? String(value) : `"${value.replaceAll('"', '""')}"`;
  return `whole,number,text,class\n${table.map((row) => row.map(cell).join(',')).join('\n')}\n`;
}

describe('figures', () => {
  test('of generated tables are those of a plain count', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(rows, async (table) => {
        const columns: Record<string, ColumnSpec> = {
          whole: { type: 'integer', min: -30, max: 30 },
          number: { type: 'number', max: 100 },
          text: { type: 'category', values: ['a', 'b', 'c'], nullable: false },
          class: { type: 'category' },
        };
        const report = await validate(folder.write(`t${round++}.csv`, csv(table)), columns, { target: 'class' });
        const column = (index: number): Cell[] => table.map((row) => row[index] ?? null);
        const [wholes, numbers, texts, classes] = [column(0), column(1), column(2), column(3)];
        const count = (cells: readonly Cell[], wanted: (cell: Cell) => boolean): number => cells.filter(wanted).length;
        expect(report.rows).toBe(table.length);
        for (const [name, cells] of Object.entries({ whole: wholes, number: numbers, text: texts })) {
          const missing = count(cells, (cell) => cell === null);
          expect(find(report, 'missing', name)).toMatchObject({
            figure: missing / table.length,
            count: missing,
            verdict: missing / table.length > 0.1 ? 'failed' : 'passed',
          });
          const distinct = new Set(cells.filter((cell) => cell !== null)).size;
          expect(find(report, 'constant', name)).toMatchObject({ figure: distinct, verdict: distinct < 2 ? 'warned' : 'passed' });
        }
        expect(find(report, 'nulls', 'text')?.count).toBe(count(texts, (cell) => cell === null));
        expect(find(report, 'range', 'whole')?.count).toBe(count(wholes, (cell) => isNumber(cell) && Math.abs(cell) > 30));
        expect(find(report, 'range', 'number')?.count).toBe(count(numbers, (cell) => isNumber(cell) && cell > 100));
        expect(find(report, 'values', 'text')?.count).toBe(
          count(texts, (cell) => cell !== null && !['a', 'b', 'c'].includes(String(cell))),
        );
        for (const [name, cells] of Object.entries({ whole: wholes, number: numbers }))
          checkSpread(report, name, cells.filter(isNumber), table.length);
        const equal = table.length - new Set(table.map((row) => JSON.stringify(row))).size;
        expect(report.duplicates).toBe(equal);
        expect(find(report, 'duplicates')?.verdict).toBe(equal / table.length > 0.01 ? 'warned' : 'passed');
        const shares = ['yes', 'no'].map((name) => count(classes, (cell) => cell === name) / table.length).filter((share) => share > 0);
        expect(report.target?.classes.map(({ share }) => share)).toEqual(shares.toSorted((a, b) => b - a));
        if (shares.length === 2) expect(find(report, 'class_share', 'class')?.figure).toBe(Math.min(...shares));
        else expect(find(report, 'classes', 'class')).toMatchObject({ verdict: 'failed', figure: 1 });
      }),
      { numRuns: 60 },
    );
  }, 120_000);

  function checkSpread(report: ValidationReport, name: string, values: readonly number[], all: number): void {
    const profile = report.columns.find((one) => one.name === name);
    if (values.length === 0) return;
    expect(profile).toMatchObject({ min: Math.min(...values), max: Math.max(...values) });
    expect(profile?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    const { mean, deviation } = spread(values);
    expect(profile?.mean).toBeCloseTo(mean, 9);
    if (values.length < 2) return;
    expect(profile?.standardDeviation).toBeCloseTo(deviation, 9);
    // A value whose distance is three deviations to the last bit may fall on either side in either computation.
    const distances = values.map((value) => Math.abs(value - mean) / (3 * deviation));
    if (distances.some((distance) => Math.abs(distance - 1) < 1e-9) || deviation === 0) return;
    const outliers = distances.filter((distance) => distance > 1).length;
    expect(find(report, 'outliers', name)).toMatchObject({
      count: outliers,
      figure: outliers / all,
      verdict: outliers / all > 0.05 ? 'warned' : 'passed',
    });
  }

  test('of columns with more values than are counted one by one, and the same on one thread and three', async () => {
    const values = Array.from({ length: 60_000 }, (_, row) => ((row * 7919) % 60_000) / 7 + (row % 1000 === 0 ? 1e6 : 0));
    folder.write(
      't.csv',
      `x,at,id\n${values.map((value, row) => `${value},${new Date(row * 61_000 - 1e12).toISOString()},row ${row}`).join('\n')}\n`,
    );
    const columns: Record<string, ColumnSpec> = { x: { type: 'number' }, at: { type: 'timestamp' }, id: { type: 'text' } };
    const [one, three] = [await validate('t.csv', columns, { threads: 1 }), await validate('t.csv', columns, { threads: 3 })];
    expect(JSON.stringify(three)).toBe(JSON.stringify(one));
    const [x, at, id] = one.columns;
    const { mean, deviation } = spread(values);
    expect(x).toMatchObject({ min: Math.min(...values), max: Math.max(...values), distinctIsEstimate: true, top: [] });
    expect((x?.mean ?? 0) / mean).toBeCloseTo(1, 12);
    expect((x?.standardDeviation ?? 0) / deviation).toBeCloseTo(1, 10);
    expect(x?.outliers).toBe(values.filter((value) => Math.abs(value - mean) > 3 * deviation).length);
    for (const column of [x, at]) expect(column?.histogram?.counts.reduce((sum, count) => sum + count, 0)).toBe(60_000);
    expect(at).toMatchObject({ min: '1938-04-24T22:13:20Z', mean: undefined });
    expect(id).toMatchObject({ distinct: 60_000, distinctIsEstimate: false });
    expect(one.duplicates).toBe(0);
  });

  test('more than five per cent of all rows: those without a value count, too', async () => {
    const lines = Array.from({ length: 200 }, (_, row) => (row < 100 ? '' : row < 106 ? '1000' : String(row % 3)));
    folder.write('t.csv', `n,x\n${lines.map((line, row) => `${row},${line}`).join('\n')}\n`);
    const report = await validate('t.csv', { x: { type: 'number', max_missing: 0.5 } });
    expect(find(report, 'outliers', 'x')).toMatchObject({ count: 6, figure: 0.03, verdict: 'passed' }); // six of a hundred values, but of two hundred rows
    expect(find(report, 'missing', 'x')).toMatchObject({ figure: 0.5, limit: 0.5, verdict: 'passed' });
  });
});

describe('limits', () => {
  const lines = Array.from(
    { length: 40 },
    (_, row) => `${row < 4 ? '' : row},${row === 5 ? 900 : row % 4},${row % 8 === 0 ? 'z' : 'k'},${row < 10 ? 'p' : 'q'}`,
  );
  const table = `gap,wild,kind,class\n${[...lines, lines[39]].join('\n')}\n`;
  const present: Record<string, ColumnSpec> = {
    gap: { type: 'integer', nullable: false },
    wild: { type: 'number', max: 100 },
    kind: { type: 'category', values: ['k'] },
    class: { type: 'category' },
  };
  const columns = { ...present, gone: {} };
  const strict = {
    max_missing: 0.01,
    min_distinct: 100,
    max_outliers: 0,
    max_duplicates: 0,
    min_rows: 42,
    min_classes: 3,
    min_class_share: 0.3,
    extra_columns: 'warn',
    max_violations: 0,
  } as const;

  test.each([
    ['rows', undefined],
    ['columns', undefined],
    ['missing', 'gap'],
    ['nulls', 'gap'],
    ['range', 'wild'],
    ['values', 'kind'],
    ['constant', 'kind'],
    ['outliers', 'wild'],
    ['classes', 'class'],
    ['class_share', 'class'],
    ['duplicates', undefined],
  ] as const)('%s can warn and stop', async (check, column) => {
    folder.write('t.csv', table);
    for (const severity of ['warn', 'error'] as const) {
      const report = await validate('t.csv', columns, { stage: { ...strict, severity: { [check]: severity } }, target: 'class' });
      expect(find(report, check, column)).toMatchObject({ severity, verdict: severity === 'warn' ? 'warned' : 'failed' });
    }
  });

  test('types, infinite values, missing targets and columns that nobody declared, too', async () => {
    folder.write('t.csv', 'a,b,y,more\nx,inf,,1\n1,2,p,2\n2,3,q,3\n');
    const declared = { a: { type: 'integer' }, b: { type: 'number' }, y: {} } as const;
    for (const severity of ['warn', 'error'] as const) {
      const stage = { severity: { type: severity, infinite: severity, target_missing: severity }, extra_columns: severity };
      const report = await validate('t.csv', declared, { stage, target: 'y' });
      const verdict = severity === 'warn' ? 'warned' : 'failed';
      for (const [check, column] of [
        ['type', 'a'],
        ['infinite', 'b'],
        ['target_missing', 'y'],
        ['extra_columns', undefined],
      ] as const) {
        expect(find(report, check, column)).toMatchObject({ severity, verdict });
      }
    }
    const allowed = await validate(
      't.csv',
      { ...declared, a: {}, b: { type: 'number', max_infinite: 0.4 } },
      { stage: { max_target_missing: 0.4, max_missing: 1 }, target: 'y' },
    );
    expect(allowed.checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });

  test('can be as wide as the data needs, for all columns and for one', async () => {
    folder.write('t.csv', table);
    const wide = { max_missing: 0.1, max_violations: 0.2, min_distinct: 2, max_outliers: 0.05, max_duplicates: 0.1, min_rows: 1 };
    const report = await validate('t.csv', { ...present, gap: { type: 'integer' } }, { stage: wide, target: 'class' });
    expect(report.checks.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    const own = await validate(
      't.csv',
      { ...present, gap: { type: 'integer', max_missing: 0.05 }, wild: { type: 'number', max_outliers: 0.01, min_distinct: 6 } },
      { stage: wide },
    );
    expect(own.checks.filter(({ verdict }) => verdict !== 'passed').map(({ check, column: name, limit }) => [check, name, limit])).toEqual([
      ['missing', 'gap', 0.05],
      ['constant', 'wild', 6],
      ['outliers', 'wild', 0.01],
    ]);
    expect(find(await validate('t.csv', present, { stage: { outlier_deviations: 7 } }), 'outliers', 'wild')?.count).toBe(0);
  });
});

describe('hostile data', () => {
  test('names with quotes, line breaks and emoji', async () => {
    const names = ['a "quoted" one', 'two\nlines', '🚀', "it's; DROP TABLE x", 'SELECT', ' ', 'dataset: described'];
    folder.write(
      't.csv',
      `${names.map((name) => `"${name.replaceAll('"', '""')}"`).join(',')}\n${names.map((_, at) => at).join(',')}\n${names.map(() => '').join(',')}\n`,
    );
    const report = await validate('t.csv', Object.fromEntries(names.map((name) => [name, { type: 'number' as const, min: 0 }])));
    expect(report.columns.map(({ name }) => name)).toEqual(names);
    for (const name of names) expect(find(report, 'missing', name)?.count).toBe(1);
  });

  test.each([
    ['no rows', 'a,b\n', { rows: 0, verdict: 'failed' }],
    ['one row', 'a,b\n1,x\n', { rows: 1, verdict: 'passed' }],
    ['rows without any value', 'a,b\n,\n,\n', { rows: 2, verdict: 'failed', duplicates: 1 }],
  ])('%s', async (_title, content, expected) => {
    folder.write('t.csv', content);
    expect(await validate('t.csv', { a: { type: 'number' }, b: { type: 'category' } })).toMatchObject(expected);
  });

  test('values that are infinite or no number, huge, tiny or exact to the last digit', async () => {
    folder.write('t.csv', 'x,huge,cents\ninf,1.7e308,0.10\nnan,-1.7e308,0.20\n-inf,5e-324,0.30\n1,0,0.30\n');
    const report = await validate('t.csv', { x: { type: 'number', max_missing: 1 }, huge: { type: 'number' }, cents: { type: 'number' } });
    const [x, huge, cents] = report.columns;
    expect(x).toMatchObject({
      missing: 1,
      infinite: 2,
      min: 1,
      max: 1,
      mean: undefined,
      outliers: undefined,
      histogram: { below: 1, above: 1, counts: [1] },
    });
    expect(find(report, 'infinite', 'x')).toMatchObject({ verdict: 'failed', count: 2 });
    expect(huge).toMatchObject({ min: -1.7e308, max: 1.7e308, histogram: undefined });
    expect(cents?.mean).toBeCloseTo(0.225, 12);
    expect(JSON.stringify(report)).not.toContain('null'); // what JSON cannot hold
  });

  test('whole numbers that float64 cannot hold do not fit the type, and the others are still checked', async () => {
    folder.write('t.csv', 'id,n\n9007199254740993,1\n5,2\n123456789012345678901234567890,3\n');
    const report = await validate('t.csv', { id: { type: 'integer' }, n: { type: 'integer', max: 2 } });
    expect(find(report, 'type', 'id')).toMatchObject({ verdict: 'failed', count: 2, figure: 2 / 3 });
    expect(find(report, 'range', 'n')).toMatchObject({ count: 1, example: '3' });
  });

  test('times before 1970 and far from today', async () => {
    folder.write('t.csv', 'at\n1066-10-14T09:00:00Z\n1969-12-31T23:59:59.999999Z\n2262-01-01\n');
    const report = await validate('t.csv', { at: { type: 'timestamp', min: '1900-01-01' } });
    expect(report.columns[0]).toMatchObject({ min: '1066-10-14T09:00:00Z', max: '2262-01-01' });
    expect(find(report, 'range', 'at')).toMatchObject({ count: 1, example: '1066-10-14T09:00:00Z' });
  });

  test('many values of the wrong types are counted in one go, each column by itself', async () => {
    const lines = Array.from(
      { length: 100 },
      (_, row) =>
        `${row % 10 === 0 ? 'none' : row},${row % 4 === 0 ? '12:61' : '2001-01-01'},${row % 50 === 0 ? 'perhaps' : 'true'},${row}`,
    );
    folder.write('t.csv', `a,b,c,d\n${lines.join('\n')}\n`);
    const report = await validate('t.csv', {
      a: { type: 'number', min: 5 },
      b: { type: 'timestamp' },
      c: { type: 'boolean' },
      d: { type: 'integer' },
    });
    const found = (name: string) => find(report, 'type', name);
    expect([found('a'), found('b'), found('c'), found('d')].map((check) => check?.count)).toEqual([10, 25, 2, 0]);
    expect(found('a')).toMatchObject({ example: 'none', expected: 'number', verdict: 'failed' });
    expect(find(report, 'range', 'a')?.count).toBe(4); // 1 to 4
    expect(find(report, 'missing', 'a')?.count).toBe(0); // what does not fit is there
  });

  test('a limit of another type than the column turns out to have', async () => {
    folder.write('t.csv', 'a\nx\ny\n');
    expect((await failureOf(async () => validate('t.csv', { a: { min: 3 } }))).code).toBe('dataset.limitType');
  });
});
