/** Keys under `datasets:`. */
import * as z from 'zod';
import type { ColumnLimitName } from '../../../protocol/tables/dataChecks.ts';
import { fileFormatNames, formatWords } from '../../../protocol/tables/fileFormats.ts';
import { durationKey } from './durationKey.ts';
import { columnLimits } from './limits.ts';
import { anyTimeFormat, dateFormat, momentFormat } from './timeFormat.ts';
import { defaultsOf, withDefault } from './withDefault.ts';

/** Whether year, month, day, hours and minutes exist; the form is checked before. */
function isOnTheCalendar(text: string): boolean {
  const [date = '', time = '00:00'] = text.split(/[T ]/);
  const midnight = new Date(`${date}T00:00:00Z`);
  const hasDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
  return hasDay && /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?/.test(time.replace(/[+-].*$/, ''));
}

/** An ISO 8601 date or date and time, UTC unless it names an offset. */
export const instant = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$/)
  .refine(isOnTheCalendar)
  .meta({ form: 'a date or time such as 2001-03-01' })
  .describe('A date or time in ISO 8601, UTC unless it names an offset.');

const columnDefinition = z
  .strictObject({
    type: z
      .enum(['integer', 'number', 'boolean', 'category', 'text', 'timestamp'])
      .optional()
      .describe("The column's type. Declared types are enforced, never guessed over."),
    format: anyTimeFormat
      .optional()
      .describe(
        'How the column writes its times: `iso`, `epoch_s`, `epoch_ms`, or signs of strptime such as `%d/%m/%Y %H:%M`. It makes the column a timestamp. Default: found in the files.',
      ),
    min: z.union([z.number(), instant]).optional().describe('The smallest value allowed.'),
    max: z.union([z.number(), instant]).optional().describe('The largest value allowed; a date means its whole day.'),
    values: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .min(1)
      .optional()
      .describe('The only values allowed.'),
    nullable: withDefault(z.boolean(), true, 'Whether values may be missing.'),
    ...columnLimits,
    description: z.string().optional().describe('What the column means.'),
  })
  .describe('What is known of one column.');

export const readOptions = z
  .strictObject({
    format: z.enum(fileFormatNames).optional().describe("The file format. Default: by the file's name."),
    delimiter: z.string().length(1).optional().describe('The character between values of a CSV file. Default: found in the file.'),
    decimal: withDefault(z.enum(['.', ',']), '.', 'The decimal separator of a CSV file.'),
    thousands: z
      .enum([',', '.', ' ', "'"])
      .optional()
      .describe('What parts groups of three digits in numbers of a CSV file, such as the comma of `1,234`. Default: they are not parted.'),
    symbols: z
      .array(
        z
          .string()
          .trim()
          .min(1)
          .meta({ examples: ['%', '$', '€', '£'] }),
      )
      .min(1)
      .optional()
      .describe('Signs before or behind numbers of a CSV file that are left away: with `["%"]`, `12 %` is read as 12.'),
    date_format: dateFormat
      .optional()
      .describe(
        'How dates are written in texts, in signs of strptime such as `%d/%m/%Y`, where two readings are possible. Default: found in the files.',
      ),
    time_format: momentFormat
      .optional()
      .describe(
        'How dates with times are written in texts, such as `%d/%m/%Y %I:%M %p`, where two readings are possible. Default: found in the files.',
      ),
    encoding: withDefault(z.enum(['utf-8', 'utf-16', 'latin-1']), 'utf-8', 'The text encoding of a CSV file.'),
    null_values: z
      .array(z.string().meta({ examples: ['NA', 'N/A', 'null', 'NULL', '?', '-'] }))
      .optional()
      .describe('Texts of a CSV file that mean a missing value, besides the empty text.'),
    header: withDefault(z.boolean(), true, 'Whether the first line of a CSV file names the columns.'),
    skip: withDefault(z.int().min(0), 0, 'How many lines of a CSV file stand before its header: a title, notes.'),
    comment: z
      .string()
      .min(1)
      .max(8)
      .regex(/^[^\s"]/)
      .meta({ form: 'the sign that comments begin with, such as "#"' })
      .optional()
      .describe('What a line of a CSV file begins with that is a comment and no row. Default: there are none.'),
    trim: z
      .boolean()
      .optional()
      .describe('Whether blanks around the values of a CSV file are left out. Default: where its first line is written as `a, b, c`.'),
    hive_partitions: withDefault(
      z.boolean(),
      false,
      'Whether folders named `key=value` between the project and a file are columns of its rows.',
    ),
  })
  .describe('How to read the files.');

const duringDefinition = z
  .strictObject({
    since: instant.optional().describe('The first moment that belongs to the data set.'),
    before: instant.optional().describe('The first moment that no longer belongs to it.'),
    last: durationKey('The length of time before --as-of', '30d').optional(),
  })
  .describe('The window of event time; needs `time`.');

const column = z.string().min(1).meta({ refersTo: 'column' });

const holdoutDefinition = z
  .strictObject({
    share: z.number().gt(0).lt(1).describe('Which share of the rows belongs to the data set, as nearly as whole groups of rows allow.'),
    group: z
      .union([column, z.array(column).min(1)])
      .optional()
      .describe('Rows with equal values here stay together. Default: rows that are equal in all declared columns (in all, where none is).'),
    ignore: z
      .union([column, z.array(column).min(1)])
      .optional()
      .describe('Columns that make no two rows differ, such as the target and numbers of rows. Only without `group`.'),
  })
  .describe('A share of the rows, drawn by the seed of the project from their values: always the same rows, in whatever order they come.');

export const datasetDefinition = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .optional()
      .describe(`A file, or a glob of files with the same columns: ${formatWords(' or ')}; text also as .gz.`),
    from: z.string().min(1).meta({ description: 'The name of another data set that this one narrows.', refersTo: 'dataset' }).optional(),
    query: z.string().min(1).optional().describe('One SQL SELECT over the other data sets by name, ending in a total ORDER BY.'),
    time: z
      .string()
      .min(1)
      .meta({ refersTo: 'column' })
      .optional()
      .describe('The column of the event time: time splits, windows and point-in-time joins use it.'),
    during: duringDefinition.optional(),
    where: z
      .string()
      .min(1)
      .meta({ refersTo: 'condition' })
      .optional()
      .describe('A SQL condition; rows for which it is not true are left out.'),
    holdout: holdoutDefinition.optional(),
    except: z
      .string()
      .min(1)
      .meta({
        description: 'The name of a data set whose rows do not belong to this one; both come `from` the same data set.',
        refersTo: 'dataset',
      })
      .optional(),
    columns: z.record(z.string(), columnDefinition).optional().describe('What is known of the columns, by name.'),
    read: readOptions.optional(),
  })
  .describe('Rows of data: from files, from another data set, or from a query.');

export type DatasetSpec = z.infer<typeof datasetDefinition>;
export type ColumnSpec = z.infer<typeof columnDefinition>;
export type ReadOptions = z.infer<typeof readOptions>;

/** How files are read where `read` does not say. */
export const readDefaults = defaultsOf(readOptions);

const limitNames = Object.keys(columnLimits) as ColumnLimitName[];

/** The limits that a column has of its own. */
export function columnLimitsOf(spec: ColumnSpec): Partial<Record<ColumnLimitName, number>> {
  return Object.fromEntries(limitNames.flatMap((name) => (spec[name] === undefined ? [] : [[name, spec[name]]])));
}

/** The type that a column is declared to have; a format makes it a time. */
export function declaredTypeOf(spec: ColumnSpec | undefined): ColumnSpec['type'] {
  return spec?.type ?? (spec?.format === undefined ? undefined : 'timestamp');
}
