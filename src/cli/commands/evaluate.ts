/** `millwright evaluate`: measures a file of predictions, whoever made them, with no project. */
import { Option, type Command } from 'commander';
import { basename, relative, resolve } from 'node:path';
import { AppError, exitCodes } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import { defaultSeed } from '../../base/random.ts';
import { tasks, type EvaluationReport } from '../../protocol/evaluation.ts';
import type { EvaluateFileOptions } from '../../engine/evaluation/evaluateFile.ts';
import { nearestName } from '../../engine/project/text/nearestName.ts';
import { synonymOf } from '../../engine/project/schema/synonyms.ts';
import { machineBudget } from '../../engine/pipeline/execution/machineBudget.ts';
import { metricNames, defaultK, type MetricName } from '../../protocol/tables/metrics.ts';
import { collectClass, parseCost, parseCount, parseLimit, parseNumber, parsePagePath } from '../arguments.ts';
import { addCommand, type CommandContext, type OptionsOf, type Perform } from '../command.ts';
import { renderReport } from '../render/report.ts';

function declareEvaluate(program: Command) {
  return addCommand(program, 'evaluate <file>', t('measure a file of predictions, whoever made them'), [
    ['millwright evaluate scored.csv --target late --score p', t('two classes: the score of the positive one')],
    ['millwright evaluate scored.parquet --target price --prediction estimate', t('a regression, or decided classes')],
    ['millwright evaluate hits.csv --target clicked --score s --group query --k 10', t('a ranking: NDCG@10 and MAP@10')],
    ['millwright evaluate scored.csv --target late --score p --min roc_auc=0.7', t('exits with 1 where the limit is missed')],
  ])
    .requiredOption('--target <column>', t('the column of the truth'))
    .option('--score <column>', t('the column with the score or probability of the positive class'))
    .option('--prediction <column>', t('the column of the predicted number or class'))
    .addOption(
      new Option('--probability <class=column>', t('the column of the probability of a class; once for each class')).argParser(
        collectClass,
      ),
    )
    .option('--positive <class>', t('the positive class of two (default: 1 or true, else the second by name)'))
    .option('--threshold <score>', t('from which score on a row counts as positive (default: 0.5 for probabilities)'), parseNumber)
    .addOption(new Option('--task <task>', t('what is predicted (default: what the columns show)')).choices(tasks))
    .option('--metrics <names...>', t('the metrics to compute (default: those usual for the task)'))
    .option('--segments <columns...>', t('columns by whose values the metrics are broken down'))
    .option('--group <column>', t('the column whose equal values are one list to be ranked'))
    .addOption(
      new Option('--k <count>', t('how many of a group a ranking looks at; may be repeated (default: {k})', { k: defaultK })).argParser(
        several(parseCount),
      ),
    )
    .option('--sample-weight <column>', t("the column of the rows' weights"))
    .option('--cost <positive:negative>', t('what a false positive and a false negative cost, for the cost curve'), parseCost)
    .addOption(new Option('--min <metric=value>', t('the smallest value that passes; may be repeated')).argParser(several(parseLimit)))
    .addOption(new Option('--max <metric=value>', t('the largest value that passes; may be repeated')).argParser(several(parseLimit)))
    .option('--seed <number>', t('the seed of the intervals'), parseCount, defaultSeed)
    .option('--html <file>', t('write the report page as one HTML file'), parsePagePath);
}

type FileOptions = OptionsOf<typeof declareEvaluate>;

export function registerEvaluate(program: Command, perform: Perform): void {
  declareEvaluate(program).action(async (file, options) => {
    await perform(options, async (context) => evaluate(resolve(file), options, context));
  });
}

/** Collects the values of an option that may be repeated. */
function several<T>(parse: (text: string) => T): (text: string, earlier: readonly T[] | undefined) => readonly T[] {
  return (text, earlier = []) => [...earlier, parse(text)];
}

async function evaluate(path: string, options: FileOptions, { signal, answer, note }: CommandContext): Promise<number> {
  const { evaluateFile } = await import('../../engine/evaluation/evaluateFile.ts');
  const report = await evaluateFile(path, settingsOf(options), {
    signal,
    budget: machineBudget(),
    log: (level, message) => {
      if (level === 'warning' || level === 'error') note(() => [message]);
    },
    progress: () => undefined,
  });
  if (options.html !== undefined) await writePage(report, path, options.html);
  answer(report, (style, width) => [
    ...renderReport(report, style, width),
    ...(options.html === undefined
      ? []
      : ['', `${style('green', '✓')} ${t('Wrote {path}.', { path: relative(process.cwd(), resolve(options.html)) })}`]),
  ]);
  return report.gates.every(({ passed }) => passed) ? exitCodes.ok : exitCodes.gate;
}

async function writePage(report: EvaluationReport, path: string, html: string): Promise<void> {
  const { renderPage } = await import('../../engine/pipeline/reports/renderPage.ts');
  const view = { report, project: basename(path), evaluatedAt: undefined, repeats: [], run: undefined };
  await writeAtomic(resolve(html), await renderPage({ page: 'report', view }));
}

function settingsOf(options: FileOptions): EvaluateFileOptions {
  const { target, score, prediction, probability, positive, threshold, task } = options;
  const { metrics, segments, group, k, sampleWeight, cost, seed } = options;
  return {
    predictions: { target, score, prediction, probabilities: probability, positive, threshold, task },
    metrics: metrics?.map(metricNamed),
    segments: segments === undefined ? undefined : [...segments],
    k: k === undefined ? undefined : [...k],
    gate: gateOf(options),
    sample_weight: sampleWeight,
    ...{ group, cost, seed },
  };
}

function gateOf({ min = [], max = [] }: FileOptions): EvaluateFileOptions['gate'] {
  const gate: NonNullable<EvaluateFileOptions['gate']> = {};
  for (const { metric, value } of min) gate[metricNamed(metric)] = { ...gate[metricNamed(metric)], min: value };
  for (const { metric, value } of max) gate[metricNamed(metric)] = { ...gate[metricNamed(metric)], max: value };
  return gate;
}

/** @throws AppError `evaluate.unknownMetric` (kind usage) */
function metricNamed(text: string): MetricName {
  const known = metricNames.find((name) => name === text);
  if (known !== undefined) return known;
  const nearest = synonymOf(text, metricNames) ?? nearestName(text, metricNames);
  throw new AppError('evaluate.unknownMetric', t('There is no metric {name}.', { name: text }), {
    kind: 'usage',
    args: { name: text },
    remedy: nearest === undefined ? t('It has: {names}.', { names: metricNames.join(', ') }) : t('Did you mean "{nearest}"?', { nearest }),
  });
}
