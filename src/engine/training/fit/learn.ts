/** Learning a model as its stage says: measured on rows held out once, or in folds and then learned from all rows. */
import { formatCount } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';
import type { Predictions } from '../../evaluation/metrics/predictions.ts';
import type { FitRun, FitRecord } from './trainedModel.ts';
import { finalMetrics, fitFunction, incompleteNote, type Fit, type Training } from './fit.ts';
import { measureDecisions, spreadOf, thresholdOf, unmeasured, type Figures } from './heldOut.ts';
import { checkParts } from './leakage.ts';
import { splitRows, type SplitPlan } from '../rows/splitRows.ts';
import { allRows, type Split } from '../../data/rows/split.ts';
import type { PlannedFit } from './trainingProgress.ts';

export interface LearnRequest {
  readonly seed: number;
  /** Stands before the names of the fits' checkpoints. */
  readonly prefix: string;
  /** False: only to be measured, so that nothing need be learned from all rows after the folds. */
  readonly isKept: boolean;
}

/** What was learned with one seed. */
export interface Learned {
  /** The fit whose model is kept; the last fold where none is. */
  readonly fit: Fit;
  readonly threshold: number | undefined;
  /** On held-out rows; over folds the mean, and `<metric>_std`. */
  readonly figures: Figures;
  readonly record: FitRecord;
  readonly notes: readonly string[];
  /** How the model was learned from all rows, where it was. */
  readonly refit: { readonly folds: number; readonly rows: number } | undefined;
}

/** The fits that learning with one seed takes. @param label for each of them */
export function plannedFits(
  { split, data: { rows } }: Training['source'],
  isKept: boolean,
  label: (own: string | undefined) => string | undefined,
): PlannedFit[] {
  const { folds, by } = split;
  if (folds === undefined) return [{ label: label(undefined), rows: rows * (1 - split.share) }];
  const share = (fold: number): number => (by === 'time' ? (fold + 1) / (folds + 1) : (folds - 1) / folds);
  const each = Array.from({ length: folds }, (_, fold) => ({
    label: label(t('Fold {fold} of {folds}', { fold: fold + 1, folds })),
    rows: rows * share(fold),
  }));
  return isKept ? [...each, { label: label(t('All rows')), rows }] : each;
}

/** @throws AppError as {@link checkParts} and {@link fitFunction} do; CancelledError */
export async function learn(training: Training, request: LearnRequest, run: FitRun): Promise<Learned> {
  const { source, ctx } = training;
  const splits = splitRows(source.split, source, request.seed);
  const warnings = await checkParts(source, splits, ctx);
  const [only] = splits;
  const learned =
    source.split.folds === undefined && only !== undefined
      ? await learnHeldOut(training, { ...request, split: only }, run)
      : await learnInFolds(training, { ...request, splits }, run);
  return { ...learned, notes: [...warnings, ...learned.notes] };
}

async function learnHeldOut(
  training: Training,
  { seed, prefix, split }: LearnRequest & { readonly split: Split },
  run: FitRun,
): Promise<Learned> {
  const fit = await fitFunction(training, { rows: split, seed, name: `${prefix}model` }, run);
  const threshold = thresholdOf(training.source.stage.threshold, predictionsOf([fit]));
  const figures = { ...fit.figures, ...decisions(fit, threshold) };
  const parameters = { ...fit.parameters, ...splitParameters(training.source.split) };
  return {
    fit,
    threshold,
    figures,
    record: { parameters, metrics: finalMetrics(fit, figures), inputs: fit.inputs },
    notes: [...fit.notes, ...incompleteNote(unmeasured(fit.heldOut, figures))],
    refit: undefined,
  };
}

interface Fold {
  readonly fit: Fit;
  readonly run: FitRun;
}

async function learnInFolds(
  training: Training,
  request: LearnRequest & { readonly splits: readonly Split[] },
  run: FitRun,
): Promise<Learned> {
  const { source } = training;
  const folds = await fitFolds(training, request, run);
  const predictions = predictionsOf(folds.map(({ fit }) => fit));
  const threshold = thresholdOf(source.stage.threshold, predictions);
  const figures = await measureFolds(training, folds, predictions);
  const spread = spreadOf(figures);
  const last = folds.at(-1);
  if (last === undefined) throw new RangeError('a split into no folds');
  const refit = request.isKept ? await fitAllRows(training, request, { folds, run }) : undefined;
  const fit = refit ?? last.fit;
  const own = refit === undefined ? {} : refit.figures; // the losses of the rows it learned from
  const parameters = { ...fit.parameters, ...splitParameters(source.split), ...(refit === undefined ? {} : { refit: 'all rows' }) };
  const inFolds = Object.fromEntries(Object.entries(spread.figures).filter(([name]) => name.startsWith('validation_')));
  return {
    fit,
    threshold,
    figures: { ...own, ...inFolds },
    record: {
      parameters,
      metrics: [...finalMetrics(fit, own), ...Object.entries(inFolds).map(([name, value]) => ({ name, value, step: 0 }))],
      inputs: fit.inputs,
    },
    notes: [
      ...fit.notes,
      ...incompleteNote(spread.incomplete),
      ...(refit === undefined ? [] : [refitNote(folds.length, source.data.rows)]),
    ],
    refit: refit === undefined ? undefined : { folds: folds.length, rows: source.data.rows },
  };
}

async function fitFolds(
  training: Training,
  { splits, seed, prefix }: LearnRequest & { readonly splits: readonly Split[] },
  run: FitRun,
): Promise<Fold[]> {
  const folds: Fold[] = [];
  for (const [index, split] of splits.entries()) {
    const fold = index + 1;
    folds.push(
      await run.nested(`fold ${fold}`, async (nested) => {
        const fit = await fitFunction(training, { rows: { ...split, fold }, seed, name: `${prefix}fold-${fold}` }, nested);
        const parameters = { ...fit.parameters, ...splitParameters(training.source.split), seed: String(seed), fold: String(fold) };
        await nested.log({ parameters, metrics: finalMetrics(fit, fit.figures), inputs: fit.inputs });
        return { fit, run: nested };
      }),
    );
  }
  return folds;
}

/**
 * Adds, for two classes, what depends on the threshold. Each fold's rows are decided by the threshold that is best on the other
 * folds' rows: a threshold is learned, too, and must not have seen the rows it is measured on.
 */
async function measureFolds({ source }: Training, folds: readonly Fold[], predictions: readonly Predictions[]): Promise<Figures[]> {
  const all: Figures[] = [];
  for (const [index, { fit, run }] of folds.entries()) {
    const others = predictions.filter((_, other) => other !== index);
    const decided = decisions(fit, thresholdOf(source.stage.threshold, others));
    await run.log({ metrics: finalMetrics(fit, decided) });
    all.push({ ...fit.figures, ...decided });
  }
  return all;
}

/** With early stopping, as many rounds as the folds kept on average. */
async function fitAllRows(
  training: Training,
  { seed, prefix }: LearnRequest,
  { folds, run }: { readonly folds: readonly Fold[]; readonly run: FitRun },
): Promise<Fit> {
  const { stage, data } = training.source;
  const kept = folds.reduce((sum, { fit }) => sum + fit.rounds.kept, 0) / folds.length;
  const rounds = stage.early_stopping === undefined ? undefined : Math.max(1, Math.round(kept));
  const rows = { training: allRows(data.rows), validation: new Uint32Array() };
  return fitFunction(training, { rows, seed, name: `${prefix}model`, rounds }, run);
}

function refitNote(folds: number, rows: number): string {
  return t('The figures are those of {folds} folds; the model itself has learned from all {rows} rows afterwards.', {
    folds,
    rows: formatCount(rows),
  });
}

function decisions(fit: Fit, threshold: number | undefined): Figures {
  return fit.heldOut === undefined ? {} : measureDecisions(fit.heldOut, threshold);
}

function predictionsOf(fits: readonly Fit[]): Predictions[] {
  return fits.flatMap(({ heldOut }) => heldOut ?? []);
}

function splitParameters({ by, share, folds, group }: SplitPlan): Record<string, string> {
  return {
    validation_split: folds === undefined ? by : 'kfold',
    ...(folds === undefined ? { validation_share: String(share) } : { validation_folds: String(folds), validation_by: by }),
    ...(group === undefined ? {} : { validation_group: group }),
  };
}
