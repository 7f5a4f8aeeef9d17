/** How a model that Millwright did not make is asked: which columns go into its tensors, and what its answers mean. Pure. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ModelDescription, ModelInput } from '../scoring/model.ts';
import type { MlmodelFacts } from '../files/modelPlace.ts';
import type { OnnxFacts, OnnxValue, TensorElement } from '../files/onnxFile.ts';

/** What the project says of such a model, and the data it is asked about. */
export interface ForeignChoices {
  /** The columns that the model takes in one tensor, in its order. */
  readonly inputs: readonly string[] | undefined;
  /** The column that it predicts, where it is measured. */
  readonly target: string | undefined;
  /** The columns of the data set. */
  readonly columns: readonly string[];
}

export interface ForeignFile {
  readonly path: string;
  readonly digest: string;
  readonly facts: OnnxFacts;
  readonly mlmodel: MlmodelFacts | undefined;
}

/** One tensor with the columns that it is made of. */
export interface ForeignFeed {
  readonly name: string;
  readonly element: TensorElement;
  readonly columns: readonly string[];
  /** Whether it is a plain list of one column. */
  readonly isFlat: boolean;
}

export interface ForeignPlan {
  readonly description: ModelDescription;
  readonly feeds: readonly ForeignFeed[];
  /** The output with the probabilities, or with the one number. */
  readonly output: string;
  /** How many rows must be asked about at a time; undefined: any number. */
  readonly batch: number | undefined;
  /** What the user should know of how the columns were chosen. */
  readonly notes: readonly string[];
}

/** Who made the model, in words. */
export function madeBy({ producer, producerVersion }: Pick<OnnxFacts, 'producer' | 'producerVersion'>): string {
  return producer === '' ? t('an unknown tool') : `${producer} ${producerVersion}`.trim();
}

/**
 * @throws AppError `inference.columnCount`, `inference.tensorType`, `inference.zipMap`, `inference.noProbabilities`,
 * `inference.manyOutputs`, `inference.unknownClasses`
 */
export function planForeignModel(file: ForeignFile, choices: ForeignChoices): ForeignPlan {
  const { facts, path, digest } = file;
  const feeds = planFeeds(file, choices);
  const answer = planAnswer(facts, path);
  const batches = new Set(facts.inputs.map(({ shape }) => shape?.[0]).filter((size) => size !== undefined));
  return {
    description: {
      version: 1,
      digest,
      task: answer.task,
      target: choices.target ?? '',
      targetExpression: undefined,
      classes: answer.classes,
      threshold: answer.task === 'binary' ? 0.5 : undefined,
      inputs: feeds.feeds.flatMap(({ element, columns }) => columns.map((name) => toInput(name, element))),
      trainer: madeBy(facts),
      importance: [],
      isForeign: true,
    },
    feeds: feeds.feeds,
    output: answer.output,
    batch: [...batches][0],
    notes: feeds.notes,
  };
}

function toInput(name: string, element: TensorElement): ModelInput {
  switch (element) {
    case 'float32':
    case 'float64':
      return { name, type: 'number', tensor: 'double', nullable: true };
    case 'int32':
    case 'int64':
      return { name, type: 'integer', tensor: 'double', nullable: false };
    case 'bool':
      return { name, type: 'boolean', tensor: 'double', nullable: false };
    case 'string':
      return { name, type: 'category', tensor: 'string', nullable: false };
  }
}

interface PlannedFeeds {
  readonly feeds: readonly ForeignFeed[];
  readonly notes: readonly string[];
}

function planFeeds(file: ForeignFile, choices: ForeignChoices): PlannedFeeds {
  const { inputs } = file.facts;
  const [only] = inputs;
  const isTable = inputs.length === 1 && only !== undefined && !(width(only) === 1 && choices.columns.includes(only.name));
  if (isTable) return planTable(file, only, choices);
  return { feeds: inputs.map((input) => ({ ...tensorOf(input, file.path), columns: [input.name] })), notes: [] };
}

/** Columns of a tensor; undefined where the file does not say how many. A list without columns has one. */
function width({ shape }: OnnxValue): number | undefined {
  if (shape === undefined) return undefined;
  return shape.length < 2 ? 1 : shape[1];
}

function tensorOf(input: OnnxValue, path: string): Omit<ForeignFeed, 'columns'> {
  const { name, element, shape } = input;
  if (element !== undefined && (shape?.length ?? 2) <= 2) return { name, element, isFlat: shape?.length === 1 };
  const args = { path, name };
  throw new AppError('inference.tensorType', t('The input "{name}" of {path} is no table of numbers or texts.', args), {
    args,
    remedy: t('Millwright asks models about rows of a table: each input must have the shape [rows, columns].'),
  });
}

/** One tensor of several columns: as the project says, else as the model's signature says, else in the order of the data. */
function planTable(file: ForeignFile, input: OnnxValue, choices: ForeignChoices): PlannedFeeds {
  const tensor = tensorOf(input, file.path);
  const wanted = width(input);
  const { columns, source } = tableColumns(file, choices);
  const args = { path: file.path, tensor: input.name, wanted: wanted ?? 0, count: columns.length, columns: columns.join(', ') };
  if (wanted !== undefined && columns.length !== wanted) {
    throw new AppError('inference.columnCount', t('{path} takes {wanted} columns in one tensor, but {count} are given: {columns}.', args), {
      args,
      remedy: t('Name them in the model\'s order by "inputs: […]" in the stage (in a terminal: --inputs).'),
    });
  }
  const notes = {
    stage: [],
    signature: [t('The columns of the tensor "{tensor}" are those of the signature of the model: {columns}.', args)],
    data: [
      t(
        'The model does not name the columns of its tensor "{tensor}": those of the data set were taken, in its order: {columns}. "inputs: […]" says it otherwise.',
        args,
      ),
    ],
  };
  return { feeds: [{ ...tensor, columns }], notes: notes[source] };
}

function tableColumns(
  { mlmodel }: ForeignFile,
  { inputs, target, columns }: ForeignChoices,
): { columns: readonly string[]; source: 'stage' | 'signature' | 'data' } {
  if (inputs !== undefined) return { columns: inputs, source: 'stage' };
  if (mlmodel?.columns !== undefined) return { columns: mlmodel.columns, source: 'signature' };
  return { columns: columns.filter((name) => name !== target), source: 'data' };
}

type Answer = Pick<ModelDescription, 'task' | 'classes'> & { readonly output: string };

function planAnswer(facts: OnnxFacts, path: string): Answer {
  const { outputs } = facts;
  const labels = outputs.filter(({ element }) => element === 'int64' || element === 'int32' || element === 'string');
  const numbers = outputs.filter(({ element }) => element === 'float32' || element === 'float64');
  if (outputs.some(({ kind }) => kind === 'sequence' || kind === 'map')) throw zipMap(path);
  const [answer, ...further] = numbers;
  if (answer === undefined) throw noProbabilities(path, outputs);
  if (further.length > 0) throw manyOutputs(path, outputs);
  const columns = width(answer);
  const isClassifier = labels.length > 0 || facts.classes !== undefined || (columns ?? 1) > 1;
  if (!isClassifier) return { task: 'regression', classes: [], output: answer.name };
  const classes = facts.classes ?? numberedClasses(labels[0], columns);
  if (classes === undefined) throw unknownClasses(path);
  return { task: classes.length > 2 ? 'multiclass' : 'binary', classes, output: answer.name };
}

/** Classes without names are the numbers of their columns; one column is the probability of the class 1. */
function numberedClasses(label: OnnxValue | undefined, columns: number | undefined): readonly string[] | undefined {
  if (label?.element === 'string' || columns === undefined) return undefined;
  return Array.from({ length: Math.max(2, columns) }, (_, index) => String(index));
}

function zipMap(path: string): AppError {
  return new AppError('inference.zipMap', t('{path} gives its probabilities as a list of maps (ZipMap), not as a tensor.', { path }), {
    args: { path },
    remedy: t(
      'Export it without: to_onnx(model, …, options={"zipmap": False}) in skl2onnx, zipmap=False in onnxmltools. The label alone is no probability.',
    ),
  });
}

function noProbabilities(path: string, outputs: readonly OnnxValue[]): AppError {
  const args = { path, outputs: outputs.map(({ name }) => name).join(', ') };
  return new AppError('inference.noProbabilities', t('{path} gives no numbers: its outputs are {outputs}.', args), {
    args,
    remedy: t('Export a classifier with its probabilities, beside the label.'),
  });
}

function manyOutputs(path: string, outputs: readonly OnnxValue[]): AppError {
  const args = { path, outputs: outputs.map(({ name }) => name).join(', ') };
  return new AppError(
    'inference.manyOutputs',
    t('{path} gives several tensors of numbers ({outputs}), and none is known as the prediction.', args),
    {
      args,
      remedy: t('Export it with one: the probabilities of the classes, or the estimated number.'),
    },
  );
}

function unknownClasses(path: string): AppError {
  return new AppError('inference.unknownClasses', t('{path} tells classes apart, but does not say which.', { path }), {
    args: { path },
    remedy: t('Export the classifier with its class labels, as skl2onnx and onnxmltools do.'),
  });
}
