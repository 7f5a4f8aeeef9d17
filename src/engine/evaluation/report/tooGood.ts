/** A score that real data hardly ever has: the model probably knows the answers. Pure. */
import { formatFigure, formatShare } from '../../../base/format.ts';
import { t } from '../../../base/localize.ts';

/** From here on a score is a reason to look at the features. */
const suspicious: Readonly<Record<string, number>> = { roc_auc: 0.999, roc_auc_macro: 0.999, r2_score: 0.999 };

/** Among fewer rows such a score may come about. */
const fewestRows = 20;

export interface ScoredModel {
  /** By MLflow's name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly rows: number;
  /** Share of the total gain, largest first. */
  readonly importance: readonly { readonly feature: string; readonly share: number }[];
}

/** @returns what to look at, in one sentence; nothing where no score is that good */
export function tooGoodNotes({ metrics, rows, importance }: ScoredModel): string[] {
  const found = Object.entries(suspicious).find(([metric, limit]) => (metrics[metric] ?? 0) >= limit);
  if (found === undefined || rows < fewestRows) return [];
  const [metric] = found;
  const [first] = importance;
  const args = { metric, value: formatFigure(metrics[metric] ?? 0) };
  const question = t('{metric} is {value}: too good to be true? Look for features that are known only with the target.', args);
  if (first === undefined) return [question];
  return [
    `${question} ${t('The model leans most on "{feature}" ({share}).', { feature: first.feature, share: formatShare(first.share) })}`,
  ];
}
