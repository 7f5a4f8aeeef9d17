/** Whether numeric settings lie in the ranges that the field holds sane, or in those that the project widened them to. */
import { t } from '../../../base/localize.ts';
import { saneRanges, type NumericRange, type RangedName, type Ranges } from '../definitions/ranges.ts';
import type { StageSpec } from '../definitions/stage.ts';
import { describeExpected } from '../schema/describeValue.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';

export interface RangeInput {
  readonly stages: Readonly<Record<string, StageSpec>>;
  /** The values that stages refer to and scripts are given. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly ranges: Ranges;
  readonly spanOf: (path: Path) => Span;
  readonly diagnostics: Diagnostics;
}

interface Setting {
  readonly name: RangedName;
  readonly value: number;
  readonly path: Path;
}

export function checkRanges(input: RangeInput): void {
  const shared = isOutside(settingsOf(input.params, ['params']), input.ranges);
  const own = isOutside(Object.entries(input.stages).flatMap(stageSettings), input.ranges);
  // A stage that refers to a value of `params` is mended there.
  const unexplained = own.filter(({ name, value }) => !shared.some((other) => other.name === name && other.value === value));
  for (const setting of [...shared, ...unexplained]) addOutOfRange(setting, input);
}

function isOutside(settings: readonly Setting[], ranges: Ranges): Setting[] {
  return settings.filter(({ name, value }) => {
    const { min = -Infinity, max = Infinity } = rangeOf(name, ranges);
    return value < min || value > max;
  });
}

function rangeOf(name: RangedName, ranges: Ranges): NumericRange {
  const sane: NumericRange = saneRanges[name];
  return { min: ranges[name]?.min ?? sane.min, max: ranges[name]?.max ?? sane.max };
}

function stageSettings([name, stage]: readonly [string, StageSpec]): Setting[] {
  const path: Path = ['stages', name];
  const params = 'params' in stage ? stage.params : undefined;
  const stopping = 'early_stopping' in stage ? stage.early_stopping : undefined;
  return [...settingsOf(params ?? {}, [...path, 'params']), ...settingsOf(stopping ?? {}, [...path, 'early_stopping'])];
}

function settingsOf(values: Readonly<Record<string, unknown>>, path: Path): Setting[] {
  return (Object.keys(saneRanges) as RangedName[]).flatMap((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'number' ? [{ name, value, path: [...path, name] }] : [];
  });
}

function addOutOfRange({ name, value, path }: Setting, { ranges, diagnostics, spanOf }: RangeInput): void {
  const { min, max } = rangeOf(name, ranges);
  const end = min !== undefined && value < min ? 'min' : 'max';
  const widened = `{${name}: {${end}: ${value}}}`;
  const expected = describeExpected([
    { type: 'number', ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) },
  ]);
  const args = { name, value, expected, end };
  diagnostics.add('project.outOfRange', t('{name} is {value}, but must be {expected}.', args), spanOf(path), {
    args,
    remedy: t('If you mean it, widen the range for this project: {example}', { example: `ranges: ${widened}` }),
  });
}
