/** Columns that tell rows apart and nothing about them. Pure. */
import type { ColumnProfile } from '../../protocol/dataset.ts';

/** Names of identifiers, alone or at the end of a longer one: `id`, `pidnum`, `user_key`, `CaseNo`. */
const identifierName =
  /^(unnamed: ?\d+|column0|rownames?|row|obs|observation|x|x1)?$|(^|[^a-z])(id|no|nr|key)$|(case|user|pat(ient)?|cust(omer)?|person|subj(ect)?|student|row|record|order|item|product|p|s)(id|no|nr)$|(uuid|guid|index|idx|num|number|code|serial)$/i;

/** Whole numbers with these names count time, which may well go on by one from row to row. */
const timeName = /^(t|time|year|yr|month|day|date|week|hour|age|period|quarter)s?$/i;

/** A value of its own in nearly every row, that is no measurement: a text, a number of the row, or a number called so. */
export function isIdentifier(column: ColumnProfile, rows: number, isFirst = false): boolean {
  const present = rows - column.missing;
  if (column.type === 'text' || column.type === 'category') return present >= 20 && column.distinct > 0.5 * present;
  if (column.type !== 'integer' || timeName.test(column.name)) return false;
  if (present < 20) return column.distinct === present && isCounting(column, present) && (isFirst || identifierName.test(column.name));
  if (column.distinct < 0.95 * present) return false;
  return identifierName.test(column.name) || (isCounting(column, present) && isFirst) || isConsecutive(column, present);
}

/** From 0 or 1 on, one by one. */
function isCounting({ min, max }: ColumnProfile, present: number): boolean {
  return typeof min === 'number' && typeof max === 'number' && (min === 0 || min === 1) && max - min + 1 === present;
}

function isConsecutive({ min, max }: ColumnProfile, present: number): boolean {
  return typeof min === 'number' && typeof max === 'number' && max - min + 1 <= 1.02 * present;
}
