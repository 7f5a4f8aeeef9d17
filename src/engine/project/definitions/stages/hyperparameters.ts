/** The hyperparameters of all trainers, with their defaults. */
import * as z from 'zod';
import { trainerNames, trainers, type Hyperparameter } from '../../../../protocol/tables/trainers.ts';
import { withinRange } from '../ranges.ts';
import { withDefault } from '../withDefault.ts';
import { column } from './sharedKeys.ts';

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

export const trainerParams = z.strictObject(hyperparameterKeys).describe("Hyperparameters, by scikit-learn's names.");
