/** Validation reports of any size for page tests. */
import type { ColumnProfile } from '../../src/protocol/dataset.ts';
import type { ValidationCheck, ValidationReport } from '../../src/protocol/validation.ts';

export const hostile = `</script><img src=x onerror="document.title='owned'">'"&`;

const rows = 1461;

/** A check that passes; override what it found. */
export function aCheck(changes: Partial<ValidationCheck> = {}): ValidationCheck {
  return {
    check: 'missing',
    column: 'wind',
    verdict: 'passed',
    severity: 'error',
    unit: 'share',
    figure: 0,
    limit: 0.1,
    bound: 'max',
    count: 0,
    expected: undefined,
    example: undefined,
    message: 'The column wind has no missing values.',
    ...changes,
  };
}

/** A column of numbers; override what it holds. */
export function aColumn(changes: Partial<ColumnProfile> = {}): ColumnProfile {
  return {
    name: 'wind',
    type: 'number',
    storedAs: 'DOUBLE',
    missing: 0,
    distinct: 79,
    distinctIsEstimate: false,
    infinite: 0,
    min: 0.4,
    max: 9.5,
    mean: 3.2411,
    standardDeviation: 1.4378,
    outliers: 14,
    top: [],
    histogram: {
      edges: Array.from({ length: 21 }, (_, edge) => 0.4 + (edge * 9.1) / 20),
      counts: Array.from({ length: 20 }, (_, bin) => Math.round(220 * Math.exp(-(((bin - 6) / 4) ** 2)))),
      below: 0,
      above: 0,
    },
    ...changes,
  };
}

const date = aColumn({
  name: 'date',
  type: 'timestamp',
  storedAs: 'DATE',
  distinct: rows,
  min: '2012-01-01',
  max: '2015-12-31',
  mean: undefined,
  standardDeviation: undefined,
  outliers: undefined,
  histogram: {
    edges: Array.from({ length: 21 }, (_, edge) => Date.UTC(2012, 0, 1) + (edge * 1460 * 86_400_000) / 20),
    counts: Array.from({ length: 20 }, () => 73),
    below: 0,
    above: 0,
  },
});

const weather = aColumn({
  name: 'weather',
  type: 'category',
  storedAs: 'VARCHAR',
  missing: 0,
  distinct: 5,
  min: undefined,
  max: undefined,
  mean: undefined,
  standardDeviation: undefined,
  outliers: undefined,
  histogram: undefined,
  top: [
    { value: 'sun', count: 714 },
    { value: 'fog', count: 411 },
    { value: hostile, count: 259 },
    { value: 'drizzle', count: 54 },
    { value: 'snow', count: 23 },
  ],
});

/** A report that passed in everything. */
export function aValidationReport(changes: Partial<ValidationReport> = {}): ValidationReport {
  const columns = [
    date,
    aColumn({ name: 'precipitation', min: 0, max: 55.9 }),
    aColumn({ name: 'temp_max', min: -1.6, max: 35.6 }),
    aColumn(),
    weather,
  ];
  return {
    version: 1,
    dataset: 'weather',
    datasetDigest: 'ab'.repeat(32),
    rows,
    verdict: 'passed',
    checks: [
      aCheck({ check: 'rows', column: undefined, unit: 'count', figure: rows, limit: 1, bound: 'min', message: '1,461 rows.' }),
      ...columns.map(({ name }) => aCheck({ column: name })),
      aCheck({ check: 'duplicates', column: undefined, severity: 'warn', limit: 1 }),
    ],
    columns,
    target: {
      name: 'rainy',
      isQuantity: false,
      classes: [
        { value: 'false', count: 838, share: 838 / rows },
        { value: 'true', count: 623, share: 623 / rows },
      ],
      classCount: 2,
      statistics: aColumn({ name: 'rainy', type: 'boolean', histogram: undefined, distinct: 2 }),
    },
    duplicates: 0,
    ...changes,
  };
}

/** A report in which checks of every sort failed and warned. */
export function aFailingReport(): ValidationReport {
  const good = aValidationReport();
  const findings = [
    aCheck({
      column: 'wind',
      verdict: 'failed',
      figure: 0.2341,
      count: 342,
      message: 'The column wind is missing in 23.4 % of the rows (342); at most 10.0 % may be.',
    }),
    aCheck({
      check: 'type',
      column: 'temp_max',
      verdict: 'failed',
      unit: 'count',
      figure: undefined,
      limit: 0,
      expected: 'number',
      example: hostile,
      message: 'The column temp_max is declared as number, but holds text.',
    }),
    aCheck({
      check: 'outliers',
      column: 'precipitation',
      verdict: 'warned',
      severity: 'warn',
      figure: 0.0581,
      limit: 0.05,
      count: 85,
      message: 'In the column precipitation 5.8 % of the rows (85) lie beyond three standard deviations; the limit is 5.0 %.',
    }),
    aCheck({
      check: 'class_share',
      column: 'rainy',
      verdict: 'warned',
      severity: 'warn',
      figure: 0.031,
      limit: 0.05,
      bound: 'min',
      count: 45,
      message: 'The smallest class of rainy, true, has 3.1 % of the rows (45); at least 5.0 % are asked for.',
    }),
  ];
  return { ...good, verdict: 'failed', checks: [...good.checks.filter(({ column }) => column !== 'wind'), ...findings], duplicates: 12 };
}

/** A report on so many columns, every seventh of which misses too much. */
export function aWideReport(count: number): ValidationReport {
  const columns = Array.from({ length: count }, (_, index) =>
    aColumn({
      name: index === 3 ? `a_column_with_a_very_long_name_${'that_goes_on_'.repeat(12)}` : `sensor_${String(index).padStart(5, '0')}`,
      missing: index % 7 === 0 ? 300 : 0,
      ...(index % 10 === 9 ? { type: 'integer', min: -1_234_567, max: 98_765_432, mean: 45_678_901.25, standardDeviation: 2_345_678 } : {}),
      ...(count > 1000 ? { histogram: undefined } : {}),
    }),
  );
  const checks = columns.map(({ name, missing }) =>
    aCheck({
      column: name,
      figure: missing / rows,
      count: missing,
      ...(missing === 0
        ? {}
        : { verdict: 'failed', message: `The column ${name} is missing in 20.5 % of the rows (300); at most 10.0 % may be.` }),
    }),
  );
  return { ...aValidationReport(), verdict: 'failed', columns, checks, target: undefined };
}
