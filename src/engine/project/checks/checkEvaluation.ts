/** Whether the parts of an evaluate stage fit together: what it measures, its gate, what it compares with. */
import { t } from '../../../base/localize.ts';
import type { EvaluateStage } from '../definitions/stages/evaluateStage.ts';
import { listed } from '../schema/describeValue.ts';
import { parseModelReference } from '../values/modelReference.ts';
import { nearestName } from '../text/nearestName.ts';
import type { CheckInput } from './checkInput.ts';
import type { Path } from '../text/yamlTree.ts';

/** @param path of the stage */
export function checkEvaluation(stage: EvaluateStage, path: Path, input: CheckInput): void {
  checkPredictions(stage, path, input);
  checkRanking(stage, path, input);
  const { baseline, metrics, gate = {} } = stage;
  if (baseline !== undefined && baseline !== 'majority' && baseline !== 'mean') checkRegistered(baseline, [...path, 'baseline'], input);
  for (const [metric, limits] of Object.entries(gate)) {
    if (metrics !== undefined && !metrics.some((listedMetric) => listedMetric === metric)) {
      const message = t('The gate asks for "{metric}", which is not among the metrics of this stage.', { metric });
      input.diagnostics.add('project.gateMetric', message, input.spanOf([...path, 'gate', metric]), {
        args: { metric },
        remedy: t('Add it to "metrics".'),
      });
    }
    if (limits.beats !== undefined) checkRegistered(limits.beats, [...path, 'gate', metric, 'beats'], input);
    if (limits.min !== undefined && limits.max !== undefined && limits.min > limits.max) {
      const args = { metric, min: limits.min, max: limits.max };
      const message = t('No value of {metric} can be at least {min} and at most {max}.', args);
      input.diagnostics.add('project.gateLimits', message, input.spanOf([...path, 'gate', metric, 'max']), { args });
    }
  }
}

/** A model or columns of predictions; of these exactly one kind. */
function checkPredictions({ model, predictions }: EvaluateStage, path: Path, { diagnostics, spanOf }: CheckInput): void {
  if (model === undefined && predictions === undefined) {
    diagnostics.add('project.nothingToEvaluate', t('The stage does not say what it measures.'), spanOf(path), {
      remedy: t('Add "model: <train stage>", or "predictions:" with the columns of the data set that hold target and score.'),
    });
  }
  if (predictions === undefined) return;
  if (model !== undefined) {
    diagnostics.add(
      'project.predictionsTwice',
      t('The stage measures either a model or columns of predictions.'),
      spanOf([...path, 'predictions']),
      { remedy: t('Take "model" or "predictions" away; compare both in two stages.') },
    );
  }
  const given = (['score', 'prediction', 'probabilities'] as const).filter((key) => predictions[key] !== undefined);
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? t('"predictions" names no column that was predicted.')
        : t('"predictions" has {given}.', { given: listed(given) });
    diagnostics.add('project.predictionColumns', message, spanOf([...path, 'predictions', ...given.slice(1, 2)]), {
      remedy: t(
        'Give exactly one: "score" (of the positive class), "prediction" (a number or class) or "probabilities" (a column for each class).',
      ),
    });
  }
}

function checkRanking(
  { group, k, metrics = [], gate = {}, sample_weight }: EvaluateStage,
  path: Path,
  { diagnostics, spanOf }: CheckInput,
): void {
  const ranked = [...metrics, ...Object.keys(gate)].find((metric) => metric.endsWith('_at_k'));
  const at = ranked !== undefined && gate[ranked as 'ndcg_at_k'] !== undefined ? ['gate', ranked] : ['metrics'];
  if (group === undefined && ranked !== undefined) {
    diagnostics.add(
      'project.missingGroup',
      t('"{metric}" ranks the rows of a group, but the stage names none.', { metric: ranked }),
      spanOf([...path, ...at]),
      {
        args: { metric: ranked },
        remedy: t('Add "group: <column>": rows with the same value are one list.'),
      },
    );
  }
  if (group === undefined && k !== undefined) {
    diagnostics.add('project.rankWithoutGroup', t('"k" only has a meaning with "group".'), spanOf([...path, 'k']), {
      remedy: t('Add "group: <column>", or take "k" away.'),
    });
  }
  if (ranked !== undefined && sample_weight !== undefined) {
    diagnostics.add(
      'project.rankingWeights',
      t('"{metric}" counts every group alike, so rows cannot be weighed.', { metric: ranked }),
      spanOf([...path, 'sample_weight']),
      { args: { metric: ranked }, remedy: t('Measure the ranking in a stage without "sample_weight".') },
    );
  }
}

function checkRegistered(text: string, path: Path, input: CheckInput): void {
  const kind = parseModelReference(text)?.kind;
  if (kind === 'alias' || kind === 'version') return;
  const words = path.at(-1) === 'baseline' ? ['majority', 'mean'] : [];
  const nearest = nearestName(text, words);
  const problem = t('"{name}" is not a registered model, written as name@alias or name/version.', { name: text });
  const message = nearest === undefined ? problem : `${problem} ${t('Did you mean "{nearest}"?', { nearest })}`;
  input.diagnostics.add('project.unknownModel', message, input.spanOf(path), {
    args: { found: text, ...(nearest === undefined ? {} : { nearest }) },
    ...(words.length === 0 ? {} : { remedy: t('Also legal here: majority, mean.') }),
  });
}
