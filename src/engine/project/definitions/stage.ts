/** Keys under `stages:`. */
import * as z from 'zod';
import { tasks } from '../../../protocol/evaluation.ts';
import { writtenWords } from '../../../protocol/fileFormats.ts';
import { metricNames, thresholdMetrics, defaultK } from '../../../protocol/metrics.ts';
import { checkNames, dataChecks, leakageSeverities } from '../../../protocol/dataChecks.ts';
import { defaultTrainer, trainerNames, trainers, type Hyperparameter } from '../../../protocol/trainers.ts';
import { severityWords, stageLimits } from './limits.ts';
import { withinRange } from './ranges.ts';
import { stageKeys } from './stageKeys.ts';
import { defaultsOf, withDefault } from './withDefault.ts';

/** What the keys under a stage that decide its form are for. */
export const stageUsesDescription = 'What the stage does: validate, train, evaluate, register or predict.';
export const stagesDescription = 'The stages of the pipeline by name. Each says what it `uses`, or which command it runs.';

const datasetName = (description: string): z.ZodString => z.string().meta({ description, refersTo: 'dataset' });
const featuresName = (description: string): z.ZodString => z.string().meta({ description, refersTo: 'features' });
const column = z.string().min(1).meta({ refersTo: 'column' });
const stageName = z.string().min(1).meta({ refersTo: 'stage' });
const needs = z
  .array(stageName)
  .optional()
  .describe('Stages that must come before this one, besides those that follow from what it reads.');
const share = z.number().min(0).max(1);
const severity = z.enum(['warn', 'error']);

const tensorColumns = z
  .array(column)
  .min(1)
  .optional()
  .describe(
    'For a model of another tool that takes all columns in one tensor: which ones, in its order. Default: those of its signature, else all columns of the data set but the target.',
  );
const metricName = z.enum(metricNames);

/** The checks whose severity a stage sets by their name. */
const checkSeverities = Object.fromEntries(
  checkNames.flatMap((name) => (name === 'extra_columns' ? [] : [[name, dataChecks[name].severity]])),
);

const validateStage = stageKeys('Checks a data set against its declaration and limits.', {
  value: {
    dataset: datasetName('The data set to check. Every stage that reads it waits for this check.'),
    features: featuresName('The features whose target and columns are checked too.').optional(),
    ...stageLimits,
    extra_columns: withDefault(z.enum(['allow', 'warn', 'error']), 'allow', 'What to do about columns the data set does not declare.'),
    severity: z
      .partialRecord(z.enum(checkNames).exclude(['extra_columns']), severity)
      .optional()
      .describe(severityWords(checkSeverities)),
  },
  content: { uses: z.literal('validate').describe(stageUsesDescription) },
  nothing: { needs },
});

const validationDefinition = z
  .strictObject({
    split: z
      .enum(['time', 'random', 'stratified', 'group', 'kfold'])
      .optional()
      .describe(
        'How rows are held out: the latest, at random, at random with equal class shares, whole groups, or in turns. Default: `time` where the data set has a time column, else `stratified` (`random` for regression).',
      ),
    share: withDefault(z.number().gt(0).lt(1), 0.2, 'The share of rows held out.'),
    group: column.optional().describe('The column whose values must not be torn apart, for `group`.'),
    folds: withDefault(z.int().min(2).max(50), 5, 'The number of folds, for `kfold`.'),
    by: z
      .enum(['random', 'stratified', 'group', 'time'])
      .optional()
      .describe('How folds are made, for `kfold`. Default: `group` where a group is named, else as for `split`.'),
  })
  .describe('Which rows training holds out to measure itself.');

/** A hyperparameter with the defaults of the trainers that have it. */
function hyperparameter<T extends z.ZodType>(name: Hyperparameter, schema: T, words: string): z.ZodOptional<T> {
  const defaults = new Set(trainerNames.flatMap((trainer) => trainers[trainer].parameters[name] ?? []));
  const [only, ...others] = defaults;
  if (only === undefined) return schema.optional().describe(words);
  if (others.length === 0) return withDefault<T, z.output<T>>(schema, only as z.output<T>, words);
  const each = trainerNames.flatMap((trainer) => {
    const value = trainers[trainer].parameters[name];
    return typeof value === 'number' ? [`${value} for ${trainer}`] : [];
  });
  return schema.optional().describe(`${words} Default: ${each.join(', ')}.`);
}

const hyperparameterKeys = {
  learning_rate: hyperparameter('learning_rate', z.number().positive(), `How much each tree corrects${withinRange('learning_rate')}.`),
  max_iter: hyperparameter('max_iter', z.int().min(1), 'The largest number of trees, or of steps of `logistic`.'),
  max_leaf_nodes: hyperparameter('max_leaf_nodes', z.int().min(2).max(4096), 'The largest number of leaves of a tree.'),
  max_depth: hyperparameter('max_depth', z.int().min(1).max(64), 'The largest depth of a tree. Default: no limit.'),
  min_samples_leaf: hyperparameter('min_samples_leaf', z.int().min(1), 'The fewest rows in a leaf.'),
  l2_regularization: hyperparameter('l2_regularization', z.number().min(0), 'The L2 penalty on leaf values.'),
  max_bins: hyperparameter('max_bins', z.int().min(2).max(255), 'The largest number of bins per feature.'),
  subsample: hyperparameter('subsample', z.number().gt(0).max(1), 'The share of rows each tree sees.'),
  max_features: hyperparameter('max_features', z.number().gt(0).max(1), 'The share of features each split may choose from.'),
  monotonic_cst: hyperparameter(
    'monotonic_cst',
    z.record(z.string(), z.union([z.literal(-1), z.literal(0), z.literal(1)])),
    'Features whose effect may only rise (1) or fall (-1).',
  ),
  class_weight: hyperparameter(
    'class_weight',
    z.union([z.literal('balanced'), z.record(z.string(), z.number().min(0))]),
    'Weights of the classes.',
  ),
  sample_weight: hyperparameter('sample_weight', column, "The column of the rows' weights."),
  C: hyperparameter('C', z.number().positive(), 'The inverse strength of the L2 penalty of `logistic`.'),
  alpha: hyperparameter('alpha', z.number().min(0), 'The strength of the L2 penalty of `linear`.'),
} as const satisfies Readonly<Record<Hyperparameter, z.ZodType>>;

const trainerParams = z.strictObject(hyperparameterKeys).describe("Hyperparameters, by scikit-learn's names.");

const decisionCosts = z
  .strictObject({
    false_positive: z.number().min(0).describe('The cost of a negative row that counts as positive.'),
    false_negative: z.number().min(0).describe('The cost of a positive row that counts as negative.'),
  })
  .describe('What the two errors cost.');

const maxSharedRows = withDefault(
  share,
  0.001,
  'The largest share of rows measured on that may equal a row learned from in all that the model reads.',
);

const leakageChecks = Object.keys(leakageSeverities) as (keyof typeof leakageSeverities)[];

const trainLeakage = z
  .strictObject({
    max_shared_rows: maxSharedRows,
    max_association: withDefault(share, 0.998, 'How far one feature alone may tell the target, from 0 (not at all) to 1 (in every row).'),
    allow: z.array(z.string().min(1)).optional().describe('Features that may tell the target alone, because they are known in time.'),
    severity: z.partialRecord(z.enum(leakageChecks), severity).optional().describe(severityWords(leakageSeverities)),
  })
  .describe('Limits of the checks that nothing tells the model the answers it is measured by.');

const evaluateLeakage = z
  .strictObject({
    max_shared_rows: maxSharedRows,
    severity: z
      .partialRecord(z.enum(leakageChecks).exclude(['association']), severity)
      .optional()
      .describe(severityWords(leakageSeverities)),
  })
  .describe('Limits of the checks that the model has not learned from the rows it is measured on, nor from later ones.');

const earlyStopping = z.strictObject({
  patience: withDefault(z.int().min(1), 10, `Rounds without improvement before training stops${withinRange('patience')}.`),
  min_delta: withDefault(z.number().min(0), 1e-7, 'The smallest improvement that counts.'),
});

const trainStage = stageKeys('Trains a model and exports it as one ONNX graph over the raw columns.', {
  value: {
    dataset: datasetName('The data set to learn from.'),
    features: featuresName('The features to learn from, by their name under `features`.'),
    trainer: withDefault(
      z.enum(trainerNames),
      defaultTrainer,
      `${trainerNames.map((name) => `\`${name}\`: ${trainers[name].words()}`).join('; ')}.`,
    ),
    params: trainerParams.optional(),
    validation: validationDefinition.optional(),
    early_stopping: earlyStopping.optional().describe('Stops when the held-out loss no longer improves.'),
    threshold: withDefault(
      z.union([
        z.number().min(0).max(1),
        z.strictObject({
          maximize: z.enum(thresholdMetrics).describe('The metric that the threshold makes as large as possible on the held-out rows.'),
        }),
        z.strictObject({
          cost: decisionCosts.describe('The threshold with the smallest expected cost is chosen.'),
        }),
      ]),
      0.5,
      'From which probability a row counts as positive: a number, a metric to maximise on the held-out rows, or the costs of the two errors.',
    ),
    seeds: withDefault(
      z.int().min(1).max(50),
      1,
      "Trains with so many seeds, the project's and those after it, and logs mean and standard deviation. The first seed's model is kept.",
    ),
    leakage: trainLeakage.optional(),
  },
  content: { uses: z.literal('train').describe(stageUsesDescription) },
  nothing: { needs },
});

const gateLimits = z
  .strictObject({
    min: z.number().optional().describe('The smallest value that passes.'),
    max: z.number().optional().describe('The largest value that passes.'),
    beats: z.string().optional().describe('A registered model, as `name@alias`, that must not be better.'),
  })
  .meta({ description: 'What a metric must reach.', bound: 'min' });

const predictionsDefinition = z
  .strictObject({
    target: column.describe('The column of the truth.'),
    score: column
      .optional()
      .describe('The column with the score of the positive class: a probability, or any number that rises with it. Two classes.'),
    prediction: column
      .optional()
      .describe(
        'The column of the predicted value or class, where there is no score. Numbers are those of a regression unless `task` says otherwise.',
      ),
    probabilities: z
      .record(z.string(), column)
      .optional()
      .describe('The column of the probability of each class, by class: `{cat: p_cat, dog: p_dog}`.'),
    positive: z
      .union([z.string(), z.number(), z.boolean()])
      .optional()
      .describe('The positive class of two. Default: 1 or true, else the second by name.'),
    threshold: z.number().optional().describe('From which score on a row counts as positive. Default: 0.5 where scores are probabilities.'),
    task: z.enum(tasks).optional().describe('What is predicted. Default: what the columns show.'),
  })
  .describe('Predictions that are columns of the data set, whoever made them.');

const evaluateStage = stageKeys('Measures a model, or a column of predictions, on a data set.', {
  value: {
    model: z
      .string()
      .min(1)
      .meta({ description: 'A train stage, or a registered model as `name@alias` or `name/version`.', refersTo: 'model' })
      .optional(),
    predictions: predictionsDefinition.optional(),
    dataset: datasetName('The data set to measure on.'),
    target: column.optional().describe("The column that a model of another tool predicts; Millwright's own models know theirs."),
    inputs: tensorColumns,
    metrics: z.array(metricName).min(1).optional().describe('The metrics to compute. Default: those usual for the task.'),
    group: column
      .optional()
      .describe('The column whose equal values are one list to be ranked (a query, a user). Intervals then draw whole groups.'),
    k: withDefault(
      z.union([z.int().min(1), z.array(z.int().min(1)).min(1)]),
      defaultK,
      'How many of the highest scores of a group `ndcg_at_k` and `map_at_k` look at; several are measured each.',
    ),
    sample_weight: column.optional().describe("The column of the rows' weights."),
    segments: z.array(column).optional().describe('Columns by whose values the metrics are broken down.'),
    cost: decisionCosts
      .optional()
      .describe("What the two errors cost, for the cost curve. Default: the costs that the model's threshold was chosen by."),
    baseline: z
      .string()
      .optional()
      .describe(
        'What to compare with: `majority`, `mean`, or a registered model as `name@alias`. Default: majority (mean for regression).',
      ),
    gate: z.partialRecord(metricName, gateLimits).optional().describe('Limits that fail the stage.'),
    leakage: evaluateLeakage.optional(),
  },
  content: { uses: z.literal('evaluate').describe(stageUsesDescription) },
  nothing: { needs },
});

const registerStage = stageKeys('Puts a model into the registry. Equal models keep their version.', {
  value: {
    model: z.string().min(1).meta({ description: 'The train stage whose model is registered.', refersTo: 'trainedModel' }),
    name: z.string().min(1).describe('The name of the registered model.'),
    alias: z
      .string()
      .regex(/^[A-Za-z][\w-]*$/)
      .meta({ form: 'letters, digits, - and _, starting with a letter' })
      .optional()
      .describe(
        'The alias to move to this version. It stays where it is where an evaluation finds the model no better than its baseline, or worse than the version that the alias names.',
      ),
    allow_worse: withDefault(z.boolean(), false, 'Whether the alias moves to a model that is no better all the same.'),
    description: z.string().optional().describe('What this model is.'),
    tags: z.record(z.string(), z.string()).optional().describe('Tags of the version.'),
  },
  content: { uses: z.literal('register').describe(stageUsesDescription) },
  nothing: { needs },
});

const predictStage = stageKeys('Writes predictions for every row of a data set.', {
  value: {
    model: z
      .string()
      .min(1)
      .meta({ description: 'A train stage, or a registered model as `name@alias` or `name/version`.', refersTo: 'model' }),
    dataset: datasetName('The data set to predict for.'),
    inputs: tensorColumns,
    output: z
      .string()
      .min(1)
      .describe(`The file to write inside the project: ${writtenWords(' or ')}; texts also with .gz.`),
    keep: z.array(column).optional().describe('Columns to copy beside the predictions.'),
    rejects: z.string().optional().describe('The file for rows that cannot be predicted, with reasons. Default: beside the output.'),
  },
  content: { uses: z.literal('predict').describe(stageUsesDescription) },
  nothing: { needs },
});

export const runStage = stageKeys('Runs a command of yours.', {
  value: {
    run: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .describe('A command, or several in order. Split into arguments without a shell.'),
    shell: withDefault(z.boolean(), false, "Run through the system's shell, for pipes."),
    deps: z.array(z.string()).optional().describe('Files and folders the command reads.'),
    outs: z.array(z.string()).optional().describe('Files and folders it makes, inside the project.'),
    model: z
      .union([
        z.strictObject({ logged: z.string().min(1).describe('The name under which the command logged the model through MLflow.') }),
        z.strictObject({ path: z.string().min(1).describe('The file or folder of the model, inside the project.') }),
      ])
      .optional()
      .describe('The model it makes: what it logged through MLflow, or a file.'),
  },
  content: {
    env: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .describe('Variables of its environment; their values enter the cache key as hashes.'),
    env_file: z.string().optional().describe('A file of NAME=value lines.'),
    python: z.string().optional().describe('The interpreter or virtual environment for this stage.'),
  },
  nothing: {
    retry: withDefault(z.int().min(0).max(10), 0, 'How often to try again after a failure.'),
    timeout: z
      .string()
      .regex(/^\d+[smh]$/)
      .meta({ form: 'a length of time such as 30m' })
      .optional()
      .describe('The longest time it may take: a number and s, m or h.'),
    needs,
  },
});

/** What holds where a train stage does not say. */
export const trainDefaults = {
  ...defaultsOf(trainStage),
  validation: defaultsOf(validationDefinition),
  early_stopping: defaultsOf(earlyStopping),
  leakage: defaultsOf(trainLeakage),
};

/** What holds where an evaluate stage does not say. */
export const evaluateDefaults = { ...defaultsOf(evaluateStage), leakage: defaultsOf(evaluateLeakage) };

export const validateDefaults = defaultsOf(validateStage);
export const registerDefaults = defaultsOf(registerStage);
export const runDefaults = defaultsOf(runStage);

export const stageDefinitions = {
  validate: validateStage,
  train: trainStage,
  evaluate: evaluateStage,
  register: registerStage,
  predict: predictStage,
  run: runStage,
} as const;
export type StageKind = keyof typeof stageDefinitions;

export type ValidateStage = z.infer<typeof validateStage>;
export type TrainStage = z.infer<typeof trainStage>;
export type EvaluateStage = z.infer<typeof evaluateStage>;
export type RegisterStage = z.infer<typeof registerStage>;
export type PredictStage = z.infer<typeof predictStage>;
export type RunStage = z.infer<typeof runStage>;
export type StageSpec = z.infer<(typeof stageDefinitions)[StageKind]>;

export function kindOf(stage: StageSpec): StageKind {
  return 'run' in stage ? 'run' : stage.uses;
}
