/** Compiles a feature plan and what it learned into ONNX operators: raw columns in, one float32 matrix out. */
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { Column, ColumnType } from '../../protocol/dataset.ts';
import { compileNumber } from './expression/compileExpression.ts';
import type { Expression } from './expression/syntax.ts';
import type { FittedCategorical, FittedFeature, FittedNumeric, Levels } from './fitFeatures.ts';
import { GraphBuilder, int, ints, texts, type TensorName } from './onnx/graphBuilder.ts';
import type { OnnxModel } from './onnx/onnxModel.ts';
import { findColumn, type FeaturePlan, type NumericFeature, type CyclicalFeature } from './planFeatures.ts';

/** One column of the matrix a trainer reads. */
export interface FeatureColumn {
  readonly name: string;
  /** The feature it belongs to; several columns may share one (sine and cosine, one per level). */
  readonly feature: string;
  /** How many levels a native category has (its values are 0 … levels − 1); undefined for a number. */
  readonly levels: number | undefined;
}

/** The name under which {@link featureModel} gives its matrix. */
export const featuresOutput = 'features';

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
    const { name } = feature;
    const learned = fitted[index];
    if (feature.kind === 'cyclical') return ['sin', 'cos'].map((part) => ({ name: `${name}_${part}`, feature: name, levels: undefined }));
    if (feature.kind === 'numeric' || learned?.kind !== 'categorical') return [{ name, feature: name, levels: undefined }];
    const { levels, classes } = learned;
    if (classes !== undefined) return classes.map((label) => ({ name: `${name}_${label}`, feature: name, levels: undefined }));
    if (feature.encode === 'one_hot' && levels.values.length > 0) {
      return levels.values.map((level) => ({ name: `${name}=${String(level)}`, feature: name, levels: undefined }));
    }
    return [{ name, feature: name, levels: feature.encode === 'native' ? levels.values.length : undefined }];
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

/** A graph with an input for every raw column the plan reads. */
export function beginGraph(plan: FeaturePlan, outputs: readonly string[]): GraphBuilder {
  const graph = new GraphBuilder([...plan.inputs.map((column) => column.name), ...outputs]);
  for (const column of plan.inputs) graph.input(column.name, inputElement(column.type));
  return graph;
}

/** Adds every feature to the graph; the result is a float32 matrix of one row per example. */
export function addFeatures(graph: GraphBuilder, plan: FeaturePlan, fitted: readonly FittedFeature[]): TensorName {
  const blocks = plan.features.flatMap((feature, index): TensorName[] => {
    const learned = fitted[index];
    if (feature.kind === 'numeric' && learned?.kind === 'numeric') return [numericBlock(graph, plan, feature, learned)];
    if (feature.kind === 'categorical' && learned?.kind === 'categorical') return [categoricalBlock(graph, feature.column, learned)];
    if (feature.kind === 'cyclical' && learned?.kind === 'cyclical') return cyclicalBlocks(graph, plan, feature, learned.imputeValue);
    throw new RangeError(`nothing was learned for the feature ${feature.name}`);
  });
  return blocks.length === 1 ? (blocks[0] ?? '') : graph.node('Concat', blocks, { axis: int(1) });
}

/** The model that gives the trainers their matrix. */
export function featureModel(plan: FeaturePlan, fitted: readonly FittedFeature[]): OnnxModel {
  const graph = beginGraph(plan, [featuresOutput]);
  const width = featureColumns(plan, fitted).length;
  graph.output(featuresOutput, addFeatures(graph, plan, fitted), 'float', width);
  return graph.finish();
}

/** The model that gives the values of numeric and cyclical features before they are imputed and scaled: what imputing and scaling are learned from. */
export function unfittedModel(plan: FeaturePlan, features: readonly (NumericFeature | CyclicalFeature)[]): OnnxModel {
  const graph = beginGraph(plan, [featuresOutput]);
  const values = features.map((feature) => finite(graph, expressionValue(graph, plan, feature), 'double'));
  const matrix = values.length === 1 ? (values[0] ?? '') : graph.node('Concat', values, { axis: int(1) });
  graph.output(featuresOutput, matrix, 'double', features.length);
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

/** Infinities count as missing: no trainer could weigh them. */
function finite(graph: GraphBuilder, value: TensorName, element: 'float' | 'double'): TensorName {
  const missing = element === 'float' ? graph.float(NaN) : graph.double(NaN);
  return graph.node('Where', [graph.node('IsInf', [value]), missing, value]);
}

function fillMissing(graph: GraphBuilder, value: TensorName, imputeValue: number | undefined): TensorName {
  return imputeValue === undefined ? value : graph.node('Where', [graph.node('IsNaN', [value]), graph.double(imputeValue), value]);
}

function numericBlock(graph: GraphBuilder, plan: FeaturePlan, feature: NumericFeature, learned: FittedNumeric): TensorName {
  const raw = finite(graph, expressionValue(graph, plan, feature), 'double');
  const filled = fillMissing(graph, raw, learned.imputeValue);
  const centred = learned.centre === 0 ? filled : graph.node('Sub', [filled, graph.double(learned.centre)]);
  const scaled = learned.scale === 1 ? centred : graph.node('Div', [centred, graph.double(learned.scale)]);
  return finite(graph, graph.cast(scaled, 'float'), 'float');
}

function cyclicalBlocks(graph: GraphBuilder, plan: FeaturePlan, feature: CyclicalFeature, imputeValue: number | undefined): TensorName[] {
  const value = fillMissing(graph, finite(graph, expressionValue(graph, plan, feature), 'double'), imputeValue);
  const angle = graph.node('Mul', [value, graph.double((2 * Math.PI) / feature.period)]);
  return ['Sin', 'Cos'].map((operator) => graph.cast(graph.node(operator, [angle]), 'float'));
}

/** Each value's place among the levels, then the level's codes from a table. */
function categoricalBlock(graph: GraphBuilder, column: Column, learned: FittedCategorical): TensorName {
  const table = graph.matrix(learned.codes, learned.width);
  const places = graph.node('Gather', [table, levelPlace(graph, column, learned.levels)], { axis: int(0) });
  return graph.node('Reshape', [places, graph.int64s([0, learned.width])]);
}

/** An int64 tensor; the number of levels stands for every other value. */
function levelPlace(graph: GraphBuilder, column: Column, levels: Levels): TensorName {
  const places = ints([...levels.values.keys()]);
  const other = int(levels.values.length);
  if (inputElement(column.type) === 'string') {
    // A LabelEncoder needs a key; no value equals the text for missing ones but a missing one.
    if (levels.values.length === 0) return constantPlace(graph, column);
    const keys = texts(levels.values.map(String));
    return graph.mlNode('LabelEncoder', [column.name], { keys_strings: keys, values_int64s: places, default_int64: other });
  }
  if (levels.kind === 'text') return constantPlace(graph, column);
  const missing = graph.node('IsNaN', [column.name]);
  const whole = graph.cast(graph.node('Where', [missing, graph.double(0), column.name]), 'int64');
  const place = graph.mlNode('LabelEncoder', [whole], { keys_int64s: ints(levels.values), values_int64s: places, default_int64: other });
  return graph.node('Where', [missing, graph.int64(levels.values.length), place]);
}

/** Zeros, for a category without a level in the training rows. */
function constantPlace(graph: GraphBuilder, column: Column): TensorName {
  return graph.cast(graph.node('ConstantOfShape', [graph.node('Shape', [column.name])]), 'int64');
}
