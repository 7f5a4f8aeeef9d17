/** What an ONNX file says of itself (onnx/onnx.proto): who made it, for which runtime, what it takes and gives. It runs nothing. */
import { externalFiles, notOnnx } from './externalWeights.ts';
import { packedVarints, ProtobufError, protobufFields, protobufText, signed, type ProtobufField } from './protobufReader.ts';

/** By their numbers in `TensorProto.DataType`; what is not here no column of a table can be. */
const elementNames: Readonly<Record<number, TensorElement>> = {
  1: 'float32',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  11: 'float64',
};

export type TensorElement = 'float32' | 'float64' | 'int32' | 'int64' | 'string' | 'bool';

export interface OnnxValue {
  readonly name: string;
  readonly kind: 'tensor' | 'sequence' | 'map' | 'other';
  /** Of a tensor; undefined for types that no column of a table can be. */
  readonly element: TensorElement | undefined;
  /** Of a tensor; undefined where the number of its dimensions is not said, and in it where one of them is not. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

export interface OnnxFacts {
  readonly irVersion: number;
  /** Such as `skl2onnx`; empty where it is not said. */
  readonly producer: string;
  readonly producerVersion: string;
  /** The version of each domain of operators; the standard one is `''`. */
  readonly opsets: Readonly<Record<string, number>>;
  /** Domains of operators that nodes use and the file does not define itself. */
  readonly domains: readonly string[];
  /** What has to be given. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  /** The names of the classes, where an operator of the graph holds them. */
  readonly classes: readonly string[] | undefined;
  /** Files beside this one that hold weights, as it names them. */
  readonly externalFiles: readonly string[];
}

/** @throws AppError `inference.notOnnx` */
export function readOnnxFacts(content: Uint8Array, path: string): OnnxFacts {
  try {
    const facts = readModel(content, path);
    if (facts !== undefined) return facts;
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error;
  }
  throw notOnnx(path);
}

/** Who made the file whose first bytes these are; undefined where they do not begin an ONNX model. */
export function readProducer(head: Uint8Array): Pick<OnnxFacts, 'producer' | 'producerVersion'> | undefined {
  const found = new Map<number, string>();
  try {
    for (const { number, bytes } of protobufFields(head)) found.set(number, protobufText(bytes.subarray(0, 256)));
  } catch (error) {
    if (!(error instanceof ProtobufError)) throw error; // the graph is cut off
  }
  return found.has(1) ? { producer: found.get(2) ?? '', producerVersion: found.get(3) ?? '' } : undefined;
}

function readModel(content: Uint8Array, path: string): OnnxFacts | undefined {
  const model = fieldsOf(content);
  const graph = all(model, 7); // readers merge what stands several times
  const irVersion = Number(last(model, 1)?.varint ?? 0n);
  if (graph.length === 0 || irVersion === 0) return undefined;
  const opsets = Object.fromEntries(all(model, 8).map(({ bytes }) => readOpset(fieldsOf(bytes))));
  const functions = all(model, 25).map(({ bytes }) => text(fieldsOf(bytes), 10));
  return {
    irVersion,
    producer: text(model, 2),
    producerVersion: text(model, 3),
    opsets,
    ...readGraph(
      Map.groupBy(
        graph.flatMap(({ bytes }) => [...protobufFields(bytes)]),
        ({ number }) => number,
      ),
      new Set(functions),
    ),
    externalFiles: externalFiles(content, path),
  };
}

type Fields = ReadonlyMap<number, readonly ProtobufField[]>;

function fieldsOf(message: Uint8Array): Fields {
  return Map.groupBy(protobufFields(message), ({ number }) => number);
}

function all(fields: Fields, number: number): readonly ProtobufField[] {
  return fields.get(number) ?? [];
}

/** A field that stands several times has the value of the last one. */
function last(fields: Fields, number: number): ProtobufField | undefined {
  return fields.get(number)?.at(-1);
}

function text(fields: Fields, number: number): string {
  return protobufText(last(fields, number)?.bytes ?? new Uint8Array(0));
}

function readOpset(opset: Fields): readonly [string, number] {
  const domain = text(opset, 1);
  return [domain === 'ai.onnx' ? '' : domain, Number(last(opset, 2)?.varint ?? 0n)];
}

type GraphFacts = Pick<OnnxFacts, 'domains' | 'inputs' | 'outputs' | 'classes'>;

function readGraph(graph: Fields, ownDomains: ReadonlySet<string>): GraphFacts {
  const nodes = all(graph, 1).map(({ bytes }) => readNode(fieldsOf(bytes)));
  const initializers = all(graph, 5).map(({ bytes }) => fieldsOf(bytes));
  const constants = new Set(initializers.map((tensor) => text(tensor, 8)));
  const domains = new Set(nodes.map(({ domain }) => domain).filter((domain) => !ownDomains.has(domain)));
  const inputs = all(graph, 11).map(({ bytes }) => readValue(fieldsOf(bytes)));
  return {
    domains: [...domains],
    inputs: inputs.filter(({ name }) => !constants.has(name)), // before IR version 4 initializers stand among the inputs, too
    outputs: all(graph, 12).map(({ bytes }) => readValue(fieldsOf(bytes))),
    classes: classesIn(nodes, initializers),
  };
}

interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Fields>;
}

function readNode(node: Fields): OnnxNode {
  const domain = text(node, 7);
  const attributes = all(node, 5).map(({ bytes }) => fieldsOf(bytes));
  return {
    operator: text(node, 4),
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs: all(node, 1).map(({ bytes }) => protobufText(bytes)),
    attributes: new Map(attributes.map((attribute) => [text(attribute, 1), attribute])),
  };
}

/** Classifiers and ZipMap hold the classes as attributes; where a converter spells a classifier out, it picks them from a constant. */
function classesIn(nodes: readonly OnnxNode[], initializers: readonly Fields[]): readonly string[] | undefined {
  for (const { attributes } of nodes.toReversed()) {
    for (const name of ['classlabels_strings', 'classlabels_ints', 'classlabels_int64s']) {
      const labels = attributes.get(name);
      const found = labels === undefined ? [] : listOf(labels);
      if (found.length > 0) return found;
    }
  }
  const picked = new Set(nodes.filter(({ operator }) => operator === 'ArrayFeatureExtractor').flatMap(({ inputs }) => inputs.slice(0, 1)));
  return initializers
    .filter((tensor) => picked.has(text(tensor, 8)))
    .map(tensorTexts)
    .find((values) => values.length > 1);
}

/** An attribute that lists texts or whole numbers. */
function listOf(attribute: Fields): string[] {
  const texts = all(attribute, 9).map(({ bytes }) => protobufText(bytes));
  return texts.length > 0 ? texts : wholeNumbers(all(attribute, 8));
}

function wholeNumbers(fields: readonly ProtobufField[]): string[] {
  return fields.flatMap(({ varint, bytes }) => (bytes.length > 0 ? packedVarints(bytes) : [varint])).map((value) => String(signed(value)));
}

/** The values of a tensor of texts or whole numbers; none of any other. */
function tensorTexts(tensor: Fields): string[] {
  const element = elementNames[Number(last(tensor, 2)?.varint ?? 0n)];
  if (element === 'string') return all(tensor, 6).map(({ bytes }) => protobufText(bytes));
  if (element !== 'int64') return [];
  const raw = last(tensor, 9)?.bytes;
  if (raw === undefined) return wholeNumbers(all(tensor, 7));
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: Math.floor(raw.byteLength / 8) }, (_, index) => String(view.getBigInt64(index * 8, true)));
}

function readValue(value: Fields): OnnxValue {
  const type = fieldsOf(last(value, 2)?.bytes ?? new Uint8Array(0));
  const name = text(value, 1);
  const tensor = last(type, 1)?.bytes;
  if (tensor === undefined) {
    const kind = type.has(4) ? 'sequence' : type.has(5) ? 'map' : 'other';
    return { name, kind, element: undefined, shape: undefined };
  }
  const fields = fieldsOf(tensor);
  const shape = last(fields, 2)?.bytes;
  return {
    name,
    kind: 'tensor',
    element: elementNames[Number(last(fields, 1)?.varint ?? 0n)],
    shape: shape === undefined ? undefined : all(fieldsOf(shape), 1).map(({ bytes }) => dimension(fieldsOf(bytes))),
  };
}

/** 0 and less, as some converters write, mean as little as a name. */
function dimension(fields: Fields): number | undefined {
  const size = Number(signed(last(fields, 1)?.varint ?? 0n));
  return size > 0 ? size : undefined;
}
