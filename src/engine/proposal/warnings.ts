/** What a reader should look at before trusting the score of a proposed project. Pure. */
import { formatFigure } from '../../base/format.ts';
import { t } from '../../base/localize.ts';
import type { ColumnProposal, ProjectProposal } from '../../protocol/dataset.ts';
import type { ToldTarget } from './tellingColumns.ts';

/** Names of how long something was watched: known only once the event has come, or has not. */
const followUp =
  /^(fu_?)?(time|t|days?|weeks?|months?|years?|duration|tenure|stop|tstop|end|end_?date|futime|follow_?up|survival|surv_?time|diff_?days|cens|censor(ed)?)$/i;

/** Names of what came of something, beside a target of the same kind: `arr_time` beside `arr_delay`. */
const afterwards = /(^|_)(arr|arrival|air|end|actual|final|finish|return|closed?|result)(_|$)/i;

export function proposalWarnings(
  target: string,
  { task, uses, told }: { task: ProjectProposal['task']; uses: readonly ColumnProposal[]; told: ToldTarget },
): string[] {
  const features = uses.filter(({ use }) => use === 'numeric' || use === 'categorical').map(({ column }) => column);
  const nearly = features.flatMap((column) => {
    const figure = told.nearly.get(column);
    return figure === undefined
      ? []
      : [
          t('"{column}" alone tells "{target}" to {figure} of 1: leave it out if it is known only afterwards.', {
            column,
            target,
            figure: formatFigure(figure),
          }),
        ];
  });
  const watched = task === 'binary' ? features.filter((column) => followUp.test(column) && !told.nearly.has(column)) : [];
  const after = task === 'regression' && afterwards.test(target) ? features.filter((column) => afterwards.test(column)) : [];
  return [
    ...nearly,
    ...watched.map((column) =>
      t('"{column}" may be how long it took until "{target}" was known: leave it out if it is not known before.', { column, target }),
    ),
    ...after
      .filter((column) => !told.nearly.has(column))
      .map((column) => t('"{column}" may be known only with "{target}": leave it out if it is not known before.', { column, target })),
  ];
}
