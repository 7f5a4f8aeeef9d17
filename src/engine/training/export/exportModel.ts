/** The whole model as one ONNX graph: raw columns in; a label and probabilities, or a number, out. */
import { addFeatures, beginGraph } from '../../features/compileFeatures.ts';
import type { FittedFeature } from '../../features/fitFeatures.ts';
import { int, type GraphBuilder, type TensorName } from '../../features/onnx/graphBuilder.ts';
import type { OnnxModel } from '../../features/onnx/onnxModel.ts';
import type { FeaturePlan } from '../../features/planFeatures.ts';
import { classType } from '../../inference/prediction/predictionColumns.ts';
import type { Task } from '../../../protocol/evaluation.ts';
import type { Estimator } from '../trainer/trainerContract.ts';

/** Raw scores to probabilities of every class (row by row), or the scores themselves for a regression. */
export function linkScores(task: Task, scores: Float64Array, outputs: number): Float64Array {
  if (task === 'regression') return scores;
  if (task === 'binary') {
    return Float64Array.from({ length: scores.length * 2 }, (_, at) => {
      const score = scores[at >> 1] ?? 0;
      return sigmoid(at % 2 === 1 ? score : -score); // 1 − p would lose what is left of a certain row
    });
  }
  const result = new Float64Array(scores.length);
  for (let start = 0; start < scores.length; start += outputs) {
    const row = scores.subarray(start, start + outputs);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const exponentials = row.map((score) => Math.exp(score - largest));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    result.set(
      exponentials.map((exponential) => exponential / sum),
      start,
    );
  }
  return result;
}

function sigmoid(score: number): number {
  const decay = Math.exp(-Math.abs(score));
  return (score >= 0 ? 1 : decay) / (1 + decay);
}

export interface ExportedModel {
  readonly plan: FeaturePlan;
  readonly fitted: readonly FittedFeature[];
  readonly estimator: Estimator;
  readonly task: Task;
  readonly classes: readonly string[];
  /** From which probability a row counts as the second of two classes. */
  readonly threshold: number | undefined;
}

/** Names as skl2onnx gives them. */
const outputNames = { classification: ['label', 'probabilities'], regression: ['variable'] } as const;

export function exportModel(model: ExportedModel): OnnxModel {
  const wanted = model.task === 'regression' ? outputNames.regression : outputNames.classification;
  const { graph, outputs } = beginGraph(model.plan, wanted);
  const scores = model.estimator.addTo(graph, addFeatures(graph, model.plan, model.fitted));
  addOutputs(graph, model, scores, outputs);
  return graph.finish(model.estimator.format);
}

function addOutputs(graph: GraphBuilder, model: ExportedModel, scores: TensorName, names: readonly string[]): void {
  const [first = '', second = ''] = names;
  if (model.task === 'regression') {
    graph.output(first, scores, 'double', 1);
    return;
  }
  const { probabilities, index } = model.task === 'binary' ? binaryHead(graph, scores, model.threshold ?? 0.5) : softmaxHead(graph, scores);
  const { table, element } = labelTable(graph, model.classes);
  const label = graph.node('Gather', [table, index], { axis: int(0) });
  graph.output(first, label, element, undefined);
  graph.output(second, probabilities, 'float', model.classes.length);
}

/** The classes by their index, in the type that they have in the data. */
function labelTable(graph: GraphBuilder, classes: readonly string[]): { table: TensorName; element: 'int64' | 'double' | 'string' } {
  switch (classType(classes)) {
    case 'integer':
      return { table: graph.int64s(classes.map(BigInt)), element: 'int64' };
    case 'number':
      return { table: graph.doubles(classes.map(Number)), element: 'double' };
    case 'category':
      return { table: graph.texts(classes), element: 'string' };
  }
}

/**
 * Both probabilities by a softmax over 0 and the score, in float64: ONNX Runtime's `Sigmoid` of float32 is 0 below −18, and one less
 * a probability near one keeps no digit of the other.
 */
function binaryHead(graph: GraphBuilder, scores: TensorName, threshold: number): { probabilities: TensorName; index: TensorName } {
  const both = graph.node('Mul', [scores, graph.matrix(Float64Array.of(0, 1), 2)]);
  const probabilities = softmax(graph, both);
  const positive = graph.node('Gather', [probabilities, graph.int64s([1])], { axis: int(1) });
  const isPositive = graph.node('GreaterOrEqual', [positive, graph.float(threshold)]);
  return { probabilities, index: graph.node('Squeeze', [graph.cast(isPositive, 'int64'), graph.int64s([1])]) };
}

function softmaxHead(graph: GraphBuilder, scores: TensorName): { probabilities: TensorName; index: TensorName } {
  const probabilities = softmax(graph, scores);
  return { probabilities, index: graph.node('ArgMax', [probabilities], { axis: int(1), keepdims: int(0) }) };
}

/** Computed in float64, given as float32, which holds probabilities down to 1e-38 to seven digits. */
function softmax(graph: GraphBuilder, scores: TensorName): TensorName {
  return graph.cast(graph.node('Softmax', [scores], { axis: int(1) }), 'float');
}
