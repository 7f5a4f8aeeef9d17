/** Compiles a feature plan and what it learned into ONNX operators: raw columns in, one float64 matrix out. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column, ColumnType } from '../../protocol/dataset.ts';
import { compileNumber } from './expression/compileExpression.ts';
import { isExact, type Expression } from './expression/syntax.ts';
import {
  isMissingLevel,
  missingNumber,
  type FittedCategorical,
  type FittedFeature,
  type FittedNumeric,
  type Levels,
} from './fitFeatures.ts';
import { GraphBuilder, int, ints, texts, type TensorName } from './onnx/graphBuilder.ts';
import type { OnnxModel } from './onnx/onnxModel.ts';
import {
  findColumn,
  type CategoricalFeature,
  type CyclicalFeature,
  type FeaturePlan,
  type NumericFeature,
  type PlannedFeature,
} from './planFeatures.ts';

/** One column of the matrix a trainer reads. */
export interface FeatureColumn {
  readonly name: string;
  /** The feature it belongs to; several columns may share one (sine and cosine, one per level). */
  readonly feature: string;
  /** How many levels a native category has: its values are 0 … levels − 1, and `levels` for every other; undefined for a number. */
  readonly levels: number | undefined;
  readonly accuracy: Accuracy;
}

/**
 * How far the same row's value may lie apart on two processors. `exact`: not at all, for IEEE 754 rounds every operation alike;
 * `value`: by a share of the value (logarithms, exponentials); `range`: by a share of the range (a sine is 0 but for rounding).
 */
export type Accuracy = 'exact' | 'value' | 'range';

/** The output of a graph that gives trainers their matrix; readers take it by its place, for a raw column of the name comes first. */
const featuresOutput = 'features';

/** The name of the column that says where a feature is missing: `indicator: true`. */
const indicatorSuffix = '_missing';

/** Numbers and truth values enter as float64 (missing: NaN), timestamps as int64 microseconds, the rest as strings. */
export function inputElement(type: ColumnType): 'double' | 'int64' | 'string' {
  switch (type) {
    case 'integer':
    case 'number':
    case 'boolean':
      return 'double';
    case 'timestamp':
      return 'int64';
    case 'category':
    case 'text':
      return 'string';
  }
}

/** The columns of the matrix, in order. @throws AppError `features.duplicateName` */
export function featureColumns(plan: FeaturePlan, fitted: readonly FittedFeature[]): readonly FeatureColumn[] {
  const columns = plan.features.flatMap((feature, index): FeatureColumn[] => {
    const learned = fitted[index];
    switch (feature.kind) {
      case 'numeric':
        return numericColumns(feature);
      case 'cyclical':
        return ['sin', 'cos'].map((part) => ({ ...numberColumn(feature, `${feature.name}_${part}`), accuracy: 'range' }));
      case 'categorical':
        return learned?.kind === 'categorical' ? categoryColumns(feature, learned) : [];
    }
  });
  const seen = new Set<string>();
  for (const { name } of columns) {
    if (seen.has(name)) {
      throw new AppError('features.duplicateName', t('Two features are called "{name}".', { name }), {
        args: { name },
        remedy: t('Give one of them another name and say "value: {name}".', { name }),
      });
    }
    seen.add(name);
  }
  return columns;
}

function numberColumn({ name: feature }: PlannedFeature, name: string): FeatureColumn {
  return { name, feature, levels: undefined, accuracy: 'exact' };
}

function numericColumns(feature: NumericFeature): FeatureColumn[] {
  const { name, expression, indicator } = feature;
  const value: FeatureColumn = { ...numberColumn(feature, name), accuracy: isExact(expression) ? 'exact' : 'value' };
  return indicator ? [value, numberColumn(feature, `${name}${indicatorSuffix}`)] : [value];
}

function categoryColumns(feature: CategoricalFeature, { levels, classes }: FittedCategorical): FeatureColumn[] {
  const { name, encode } = feature;
  if (classes !== undefined) return classes.map((label) => numberColumn(feature, `${name}_${label}`));
  if (encode === 'one_hot' && levels.values.length > 0) {
    return levels.values.map((level) => numberColumn(feature, `${name}=${isMissingLevel(level) ? 'missing' : String(level)}`));
  }
  return [{ ...numberColumn(feature, name), levels: encode === 'native' ? levels.values.length : undefined }];
}

/**
 * A graph with an input for every raw column the plan reads.
 * @param wanted what the outputs should be called
 * @returns the graph, and the names its outputs take: those wanted, prefixed with `output_` where a raw column has the name
 */
export function beginGraph(plan: FeaturePlan, wanted: readonly string[]): { graph: GraphBuilder; outputs: readonly string[] } {
  const inputs = new Set(plan.inputs.map((column) => column.name));
  const free = (name: string): string => (inputs.has(name) ? free(`output_${name}`) : name);
  const outputs = wanted.map(free);
  const graph = new GraphBuilder([...inputs, ...outputs]);
  for (const column of plan.inputs) graph.input(column.name, inputElement(column.type));
  return { graph, outputs };
}

/** Adds every feature to the graph; the result is a float64 matrix of one row per example. */
export function addFeatures(graph: GraphBuilder, plan: FeaturePlan, fitted: readonly FittedFeature[]): TensorName {
  const blocks = plan.features.flatMap((feature, index): TensorName[] => {
    const learned = fitted[index];
    if (feature.kind === 'numeric' && learned?.kind === 'numeric') return numericBlocks(graph, plan, feature, learned);
    if (feature.kind === 'categorical' && learned?.kind === 'categorical') return [categoricalBlock(graph, feature, learned)];
    if (feature.kind === 'cyclical' && learned?.kind === 'cyclical') return cyclicalBlocks(graph, plan, feature, learned.imputeValue);
    throw new RangeError(`nothing was learned for the feature ${feature.name}`);
  });
  return blocks.length === 1 ? (blocks[0] ?? '') : graph.node('Concat', blocks, { axis: int(1) });
}

/** The model that gives the trainers their matrix. */
export function featureModel(plan: FeaturePlan, fitted: readonly FittedFeature[]): OnnxModel {
  const { graph, outputs } = beginGraph(plan, [featuresOutput]);
  const width = featureColumns(plan, fitted).length;
  graph.output(outputs[0] ?? featuresOutput, addFeatures(graph, plan, fitted), 'double', width);
  return graph.finish();
}

/** The model that gives the values of numeric and cyclical features before they are imputed and scaled: what imputing and scaling are learned from. */
export function unfittedModel(plan: FeaturePlan, features: readonly (NumericFeature | CyclicalFeature)[]): OnnxModel {
  const { graph, outputs } = beginGraph(plan, [featuresOutput]);
  const values = features.map((feature) => rawValue(graph, plan, feature));
  const matrix = values.length === 1 ? (values[0] ?? '') : graph.node('Concat', values, { axis: int(1) });
  graph.output(outputs[0] ?? featuresOutput, matrix, 'double', features.length);
  return graph.finish();
}

function expressionValue(
  graph: GraphBuilder,
  plan: FeaturePlan,
  feature: { readonly source: string; readonly expression: Expression },
): TensorName {
  return compileNumber(
    {
      graph,
      source: feature.source,
      column: (name) => {
        const column = findColumn(name, plan.inputs);
        return column === undefined ? undefined : { ...column, tensor: column.name };
      },
      columnNames: plan.inputs.map((column) => column.name),
    },
    feature.expression,
  );
}

/** Infinities count as missing, and what float32 cannot hold: no trainer could square and weigh them. Bool tensor; false for NaN. */
function isUsable(graph: GraphBuilder, value: TensorName): TensorName {
  return graph.node('LessOrEqual', [graph.node('Abs', [value]), graph.double(largestFeature)]);
}

/** A feature whose size is beyond this, the largest float32, is missing. */
export const largestFeature = (2 - 2 ** -23) * 2 ** 127;

/** A float64 tensor; NaN where the value is missing. */
function rawValue(graph: GraphBuilder, plan: FeaturePlan, feature: NumericFeature | CyclicalFeature): TensorName {
  const value = expressionValue(graph, plan, feature);
  return graph.node('Where', [isUsable(graph, value), value, graph.double(NaN)]);
}

function numericBlocks(graph: GraphBuilder, plan: FeaturePlan, feature: NumericFeature, learned: FittedNumeric): TensorName[] {
  const { imputeValue, centre, scale } = learned;
  const raw = expressionValue(graph, plan, feature);
  const centred = centre === 0 ? raw : graph.node('Sub', [raw, graph.double(centre)]);
  const scaled = scale === 1 ? centred : graph.node('Div', [centred, graph.double(scale)]);
  const isRawUsable = isUsable(graph, raw);
  const isPresent = scaled === raw ? isRawUsable : graph.node('And', [isRawUsable, isUsable(graph, scaled)]);
  const instead = graph.double(imputeValue === undefined ? NaN : (imputeValue - centre) / scale);
  const value = graph.node('Where', [isPresent, scaled, instead]);
  return feature.indicator ? [value, graph.cast(graph.node('Not', [isPresent]), 'double')] : [value];
}

function cyclicalBlocks(graph: GraphBuilder, plan: FeaturePlan, feature: CyclicalFeature, imputeValue: number | undefined): TensorName[] {
  const raw = rawValue(graph, plan, feature);
  const value = imputeValue === undefined ? raw : graph.node('Where', [graph.node('IsNaN', [raw]), graph.double(imputeValue), raw]);
  const angle = graph.node('Mul', [value, graph.double((2 * Math.PI) / feature.period)]);
  return ['Sin', 'Cos'].map((operator) => graph.node(operator, [angle]));
}

/** Each value's place among the levels, then the level's codes: one column per level, or what a table says. */
function categoricalBlock(graph: GraphBuilder, { column, encode }: CategoricalFeature, learned: FittedCategorical): TensorName {
  const { levels, codes, width } = learned;
  const place = levelPlace(graph, column, levels);
  // No value lies at the place −1, which stands where there is no level at all.
  if (encode === 'one_hot') {
    const each = graph.int64s(levels.values.length === 0 ? [-1] : [...levels.values.keys()]);
    return graph.cast(graph.node('Equal', [place, each]), 'double');
  }
  const rows = graph.node('Gather', [graph.matrix(codes, width), place], { axis: int(0) });
  return graph.node('Reshape', [rows, graph.int64s([0, width])]);
}

/** An int64 tensor; the number of levels stands for every other value. */
function levelPlace(graph: GraphBuilder, column: Column, levels: Levels): TensorName {
  const places = ints([...levels.values.keys()]);
  const other = int(levels.values.length);
  if (inputElement(column.type) === 'string') {
    // A LabelEncoder needs a key.
    if (levels.values.length === 0) return constantPlace(graph, column);
    const keys = texts(levels.values.map(String));
    return graph.mlNode('LabelEncoder', [column.name], { keys_strings: keys, values_int64s: places, default_int64: other });
  }
  if (levels.kind === 'text') return constantPlace(graph, column);
  // Processors disagree on the cast of NaN, and of what int64 cannot hold, so neither is cast. Fractions are no level either.
  const value = levels.values.some(isMissingLevel)
    ? graph.node('Where', [graph.node('IsNaN', [column.name]), graph.double(missingNumber), column.name])
    : column.name;
  const holds = graph.node('LessOrEqual', [graph.node('Abs', [value]), graph.double(largestWhole)]);
  const whole = graph.cast(graph.node('Where', [holds, value, graph.double(0)]), 'int64');
  const isWhole = graph.node('Equal', [graph.cast(whole, 'double'), value]);
  const place = graph.mlNode('LabelEncoder', [whole], { keys_int64s: ints(levels.values), values_int64s: places, default_int64: other });
  return graph.node('Where', [isWhole, place, graph.int64(levels.values.length)]);
}

/** Every processor casts whole numbers up to this size to int64 alike. */
const largestWhole = 2 ** 62;

/** Zeros, for a category without a level in the training rows. */
function constantPlace(graph: GraphBuilder, column: Column): TensorName {
  return graph.cast(graph.node('ConstantOfShape', [graph.node('Shape', [column.name])]), 'int64');
}
