/** ONNX files as other tools write them, byte by byte: for models that Millwright did not make. */
import { ProtobufWriter } from '../../src/engine/features/onnx/protobuf.ts';

const elements = { float32: 1, int64: 7, string: 8, bool: 9 } as const;
export type Element = keyof typeof elements;

export interface Value {
  readonly name: string;
  readonly element: Element;
  /** undefined: any number of rows. */
  readonly shape: readonly (number | undefined)[];
}

type Attribute = readonly number[] | readonly string[] | string | number | ProtobufWriter;

export interface Node {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Attributes whose numbers are whole. */
  readonly whole?: readonly string[];
}

export interface OnnxFile {
  readonly irVersion?: number;
  readonly opset?: number;
  readonly mlOpset?: number;
  readonly domains?: readonly string[];
  readonly producer?: readonly [name: string, version: string];
  readonly inputs: readonly Value[];
  readonly outputs: readonly (Value | { readonly name: string; readonly isSequence: true })[];
  readonly nodes: readonly Node[];
}

export function onnxFile(file: OnnxFile): Uint8Array {
  const { irVersion = 8, opset = 17, mlOpset = 3, producer = ['othertool', '1.2'] } = file;
  const writer = new ProtobufWriter().int(1, irVersion).text(2, producer[0]).text(3, producer[1]).message(7, onnxGraph(file));
  const versions = [['', opset], ['ai.onnx.ml', mlOpset], ...(file.domains ?? []).map((domain) => [domain, 1])] as const;
  for (const [domain, version] of versions) writer.message(8, new ProtobufWriter().text(1, String(domain)).int(2, Number(version)));
  return writer.finish();
}

export function onnxGraph({ inputs, outputs, nodes }: Pick<OnnxFile, 'inputs' | 'outputs' | 'nodes'>): ProtobufWriter {
  const graph = new ProtobufWriter();
  for (const node of nodes) graph.message(1, encodeNode(node));
  graph.text(2, 'graph');
  for (const input of inputs) graph.message(11, encodeValue(input));
  for (const output of outputs) graph.message(12, encodeValue(output));
  return graph;
}

function encodeNode({ operator, domain = '', inputs, outputs, attributes = {}, whole = [] }: Node): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of inputs) writer.text(1, input);
  for (const output of outputs) writer.text(2, output);
  writer.text(4, operator);
  for (const [name, value] of Object.entries(attributes)) writer.message(5, encodeAttribute(name, value, whole.includes(name)));
  return writer.text(7, domain);
}

function encodeAttribute(name: string, value: Attribute, isWhole: boolean): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  if (typeof value === 'string') return writer.text(4, value).int(20, 3);
  if (typeof value === 'number') return writer.int(3, value).int(20, 2);
  if (value instanceof ProtobufWriter) return writer.message(6, value).int(20, 5);
  if (value.every((one) => typeof one === 'string')) {
    for (const one of value) writer.text(9, one);
    return writer.int(20, 8);
  }
  const numbers = value.map(Number);
  return isWhole ? writer.packedInts(8, numbers).int(20, 7) : writer.packedFloats(7, numbers).int(20, 6);
}

function encodeValue(value: OnnxFile['outputs'][number]): ProtobufWriter {
  const named = new ProtobufWriter().text(1, value.name);
  if ('isSequence' in value) {
    const probability = tensorType({ element: 'float32', shape: [] });
    const map = new ProtobufWriter().message(5, new ProtobufWriter().int(1, elements.string).message(2, probability));
    return named.message(2, new ProtobufWriter().message(4, new ProtobufWriter().message(1, map)));
  }
  return named.message(2, tensorType(value));
}

function tensorType({ element, shape }: Omit<Value, 'name'>): ProtobufWriter {
  const dimensions = new ProtobufWriter();
  for (const size of shape)
    dimensions.message(1, size === undefined ? new ProtobufWriter().text(2, 'N') : new ProtobufWriter().int(1, size));
  return new ProtobufWriter().message(1, new ProtobufWriter().int(1, elements[element]).message(2, dimensions));
}

const table = (columns: number): Value => ({ name: 'X', element: 'float32', shape: [undefined, columns] });

/** Two classes by the sign of a − b, with the logistic function of twice their difference: `softmax([b − a, a − b])`. */
export function classifierFile(changes: Partial<OnnxFile> = {}, labels: readonly string[] = ['no', 'yes']): Uint8Array {
  return onnxFile({
    inputs: [table(2)],
    outputs: [
      { name: 'label', element: 'string', shape: [undefined] },
      { name: 'probabilities', element: 'float32', shape: [undefined, 2] },
    ],
    nodes: [
      {
        operator: 'LinearClassifier',
        domain: 'ai.onnx.ml',
        inputs: ['X'],
        outputs: ['label', 'probabilities'],
        attributes: { coefficients: [-1, 1, 1, -1], intercepts: [0, 0], classlabels_strings: labels, post_transform: 'SOFTMAX' },
      },
    ],
    ...changes,
  });
}

/** 3 a − b + 0.5. */
export function regressorFile(changes: Partial<OnnxFile> = {}): Uint8Array {
  return onnxFile({
    inputs: [table(2)],
    outputs: [{ name: 'variable', element: 'float32', shape: [undefined, 1] }],
    nodes: [
      {
        operator: 'LinearRegressor',
        domain: 'ai.onnx.ml',
        inputs: ['X'],
        outputs: ['variable'],
        attributes: { coefficients: [3, -1], intercepts: [0.5] },
      },
    ],
    ...changes,
  });
}

/** The sum of two columns, each a tensor of its own. */
export function columnsFile(): Uint8Array {
  const column = (name: string): Value => ({ name, element: 'float32', shape: [undefined, 1] });
  return onnxFile({
    inputs: [column('a'), column('b')],
    outputs: [{ name: 'sum', element: 'float32', shape: [undefined, 1] }],
    nodes: [{ operator: 'Add', inputs: ['a', 'b'], outputs: ['sum'] }],
  });
}

/** A graph that goes round for hours before it answers. */
export function hangingFile(): Uint8Array {
  const rows: Value = { name: 'v', element: 'float32', shape: [undefined, 1] };
  const body = onnxGraph({
    inputs: [{ name: 'i', element: 'int64', shape: [] }, { name: 'c', element: 'bool', shape: [] }, rows],
    outputs: [
      { name: 'c2', element: 'bool', shape: [] },
      { ...rows, name: 'v2' },
    ],
    nodes: [
      { operator: 'Identity', inputs: ['c'], outputs: ['c2'] },
      { operator: 'Sin', inputs: ['v'], outputs: ['v2'] },
    ],
  });
  return onnxFile({
    inputs: [{ ...rows, name: 'a' }],
    outputs: [{ ...rows, name: 'y' }],
    nodes: [
      { operator: 'Shape', inputs: ['a'], outputs: ['shape'] },
      { operator: 'ReduceProd', inputs: ['shape'], outputs: ['rows'], attributes: { keepdims: 0 } },
      { operator: 'Constant', inputs: [], outputs: ['many'], attributes: { value_int: 1e12 } },
      { operator: 'Mul', inputs: ['rows', 'many'], outputs: ['times'] },
      { operator: 'Equal', inputs: ['rows', 'rows'], outputs: ['always'] },
      { operator: 'Loop', inputs: ['times', 'always', 'a'], outputs: ['y'], attributes: { body } },
    ],
  });
}

/** Where in a file a tensor may stand. */
export const tensorPlaces = {
  'an initializer': (tensor) => modelOf(graphOf().message(5, tensor)),
  'a sparse initializer': (tensor) => modelOf(graphOf().message(5, constant()).message(15, new ProtobufWriter().message(1, tensor))),
  'a constant': (tensor) => modelOf(graphOf().message(5, constant()).message(1, nodeWith(5, tensor))),
  'a list of constants': (tensor) => modelOf(graphOf().message(5, constant()).message(1, nodeWith(10, tensor))),
  'a graph in a graph': (tensor) =>
    modelOf(
      graphOf()
        .message(5, constant())
        .message(1, nodeWith(6, new ProtobufWriter().message(5, tensor))),
    ),
  'a function': (tensor) => modelOf(graphOf().message(5, constant())).message(25, new ProtobufWriter().message(7, nodeWith(5, tensor))),
  'a graph that stands twice': (tensor) => modelOf(new ProtobufWriter().message(5, tensor)).message(7, graphOf().message(5, constant())),
  'training information': (tensor) =>
    modelOf(graphOf().message(5, constant())).message(20, new ProtobufWriter().message(1, new ProtobufWriter().message(5, tensor))),
} as const satisfies Readonly<Record<string, (tensor: ProtobufWriter) => ProtobufWriter>>;

/** 3 a − b, with the two factors in a file of its own. */
export function externalFile(location: string, place: keyof typeof tensorPlaces = 'an initializer'): Uint8Array {
  return tensorPlaces[place](factors().message(13, entryOf('location', location)).int(14, 1)).finish();
}

/** What {@link externalFile} keeps beside it. */
export function externalFactors(first = 3): Uint8Array {
  return new Uint8Array(Float32Array.of(first, -1).buffer);
}

function factors(): ProtobufWriter {
  return new ProtobufWriter().packedInts(1, [2, 1]).int(2, elements.float32).text(8, 'factors');
}

function constant(): ProtobufWriter {
  return factors().bytes(9, externalFactors());
}

function entryOf(key: string, value: string): ProtobufWriter {
  return new ProtobufWriter().text(1, key).text(2, value);
}

function nodeWith(field: number, value: ProtobufWriter): ProtobufWriter {
  const attribute = new ProtobufWriter().text(1, 'value').message(field, value);
  return new ProtobufWriter().text(2, 'unused').text(4, 'Constant').message(5, attribute);
}

function graphOf(): ProtobufWriter {
  return onnxGraph({
    inputs: [table(2)],
    outputs: [{ name: 'variable', element: 'float32', shape: [undefined, 1] }],
    nodes: [{ operator: 'MatMul', inputs: ['X', 'factors'], outputs: ['variable'] }],
  });
}

function modelOf(graph: ProtobufWriter): ProtobufWriter {
  return new ProtobufWriter()
    .int(1, 8)
    .text(2, 'othertool')
    .text(3, '1.2')
    .message(7, graph)
    .message(8, new ProtobufWriter().text(1, '').int(2, 17));
}
