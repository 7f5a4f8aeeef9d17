/** The stages of a proposed `millwright.yaml`: check, train, evaluate, register, predict. Pure. */
import { thresholdMetrics } from '../../protocol/tables/metrics.ts';
import { trainers } from '../../protocol/tables/trainers.ts';
import { isForeignSetting } from '../project/definitions/foreignSettings.ts';
import type { ProposedProject } from './proposedProject.ts';
import { classNames, scalar } from './yamlWords.ts';

/** Under the key `stages:`, line by line. */
export function proposedStages(project: ProposedProject): string[] {
  const { toleratedMissing, keep } = project;
  const missing = toleratedMissing === undefined ? '' : `, max_missing: ${toleratedMissing}`;
  const kept = keep.length === 0 ? '' : `, keep: [${keep.map(scalar).join(', ')}]`;
  return [
    'stages:',
    '  # Looks at the data before anything learns from it: missing values, outliers, duplicates, rare classes.',
    `  check: {uses: validate, dataset: learn, features: inputs${missing}}`,
    ...train(project),
    '  # Measured on rows the model has not learnt from. Add a limit that must hold, such as',
    `  #   gate: {${project.task === 'regression' ? 'r2_score: {min: 0.5}' : 'log_loss: {max: 0.6}'}}`,
    ...evaluate(project),
    `  register: {uses: register, model: train, needs: [evaluate], name: ${scalar(project.name)}, alias: challenger}`,
    `  predict: {uses: predict, model: train, dataset: test, output: predictions.parquet${kept}, needs: [evaluate]}`,
  ];
}

function train({ task, holdOut, trainer, knownInTime, metrics }: ProposedProject): string[] {
  const byChance = task === 'regression' ? 'random' : 'stratified';
  const split = holdOut.kind === 'time' && holdOut.lateInLearnt.length === 0 ? 'time' : byChance;
  const late =
    holdOut.kind === 'time' && holdOut.lateInLearnt.length > 0
      ? [`    # Not by time: only the latest rows have ${classNames(holdOut.lateInLearnt)}.`]
      : [];
  const params = Object.entries(trainers[trainer].proposed).map(([name, value]) => `${name}: ${value}`);
  const stopsEarly = !isForeignSetting(trainer, ['early_stopping']);
  const threshold = thresholdMetrics.find((metric) => metric === metrics?.[0]) ?? thresholdMetrics[0];
  return [
    '  train:',
    '    uses: train',
    '    dataset: learn',
    '    features: inputs',
    `    trainer: ${trainer}`,
    `    params: {${params.join(', ')}}`,
    ...late,
    `    validation: {split: ${split}, share: 0.2}   # rows held out to ${stopsEarly ? 'know when to stop' : 'see how the training does'}`,
    ...(stopsEarly ? ['    early_stopping: {patience: 10}'] : []),
    ...(task === 'binary' ? [`    threshold: {maximize: ${threshold}}   # from which probability a row counts as positive`] : []),
    ...(knownInTime.length === 0
      ? []
      : [
          '    # They alone may tell the target, because they are known when the model is asked.',
          `    leakage: {allow: [${knownInTime.map(scalar).join(', ')}]}`,
        ]),
  ];
}

function evaluate({ metrics }: ProposedProject): string[] {
  if (metrics === undefined) return ['  evaluate: {uses: evaluate, model: train, dataset: test}'];
  return [
    '  evaluate:',
    '    uses: evaluate',
    '    model: train',
    '    dataset: test',
    `    metrics: [${metrics.join(', ')}]   # the first one leads the verdict`,
  ];
}
