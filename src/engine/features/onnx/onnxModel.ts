/** ONNX models as values, and their bytes (onnx/onnx.proto). Nothing here names a time, a path or a version of ours: same value, same bytes. */
import { ProtobufWriter } from './protobuf.ts';

/**
 * The versions a model is written in. `plain` is what onnxruntime 1.13 and newer read; trees that compare and add float64, and
 * split on sets of levels, came with ai.onnx.ml 5, in which the older tree operators are deprecated.
 */
const onnxFormats = {
  plain: { irVersion: 8, opset: 17, mlOpset: 3 },
  trees: { irVersion: 10, opset: 21, mlOpset: 5 },
} as const;
export type OnnxFormat = keyof typeof onnxFormats;

export const mlDomain = 'ai.onnx.ml';

export type ElementType = 'float' | 'double' | 'int64' | 'bool' | 'string';

const elementCodes: Readonly<Record<ElementType, number>> = { float: 1, int64: 7, string: 8, bool: 9, double: 11 };
const uint8Code = 2;

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'ints'; readonly values: readonly (number | bigint)[] }
  | { readonly type: 'floats'; readonly values: readonly number[] }
  | { readonly type: 'texts'; readonly values: readonly string[] }
  /** A one-dimensional tensor of numbers. */
  | { readonly type: 'tensor'; readonly element: 'double' | 'uint8'; readonly values: readonly number[] };

export interface OnnxNode {
  readonly operator: string;
  readonly domain: '' | typeof mlDomain;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export type Initializer = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly element: 'float' | 'double'; readonly values: readonly number[] | Float64Array }
  | { readonly element: 'int64'; readonly values: readonly (number | bigint)[] }
  | { readonly element: 'string'; readonly values: readonly string[] }
);

/** A tensor of one row per example; `width` columns, or undefined for a plain vector. */
export interface ValueInfo {
  readonly name: string;
  readonly element: ElementType;
  readonly width: number | undefined;
}

export interface OnnxModel {
  readonly format: OnnxFormat;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly OnnxNode[];
}

/** The bytes of a `ModelProto`. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  const graph = new ProtobufWriter();
  for (const node of model.nodes) graph.message(1, encodeNode(node));
  graph.text(2, 'model');
  for (const initializer of model.initializers) graph.message(5, encodeTensor(initializer));
  for (const input of model.inputs) graph.message(11, encodeValueInfo(input));
  for (const output of model.outputs) graph.message(12, encodeValueInfo(output));
  const { irVersion, opset, mlOpset } = onnxFormats[model.format];
  return new ProtobufWriter()
    .int(1, irVersion)
    .text(2, 'millwright')
    .message(7, graph)
    .message(8, new ProtobufWriter().text(1, '').int(2, opset))
    .message(8, new ProtobufWriter().text(1, mlDomain).int(2, mlOpset))
    .finish();
}

function encodeNode(node: OnnxNode): ProtobufWriter {
  const writer = new ProtobufWriter();
  for (const input of node.inputs) writer.text(1, input);
  writer.text(2, node.output).text(4, node.operator);
  for (const [name, attribute] of Object.entries(node.attributes)) writer.message(5, encodeAttribute(name, attribute));
  return writer.text(7, node.domain);
}

function encodeAttribute(name: string, attribute: Attribute): ProtobufWriter {
  const writer = new ProtobufWriter().text(1, name);
  switch (attribute.type) {
    case 'int':
      return writer.int(3, attribute.value).int(20, 2);
    case 'float':
      return writer.float(2, attribute.value).int(20, 1);
    case 'text':
      return writer.text(4, attribute.value).int(20, 3);
    case 'ints':
      return writer.packedInts(8, attribute.values).int(20, 7);
    case 'floats':
      return writer.packedFloats(7, attribute.values).int(20, 6);
    case 'texts':
      for (const text of attribute.values) writer.text(9, text);
      return writer.int(20, 8);
    case 'tensor':
      return writer.message(5, encodeNumbers(attribute)).int(20, 4);
  }
}

function encodeNumbers({ element, values }: Attribute & { type: 'tensor' }): ProtobufWriter {
  const content = element === 'double' ? new Uint8Array(Float64Array.from(values).buffer) : Uint8Array.from(values);
  const code = element === 'double' ? elementCodes.double : uint8Code;
  return new ProtobufWriter().packedInts(1, [values.length]).int(2, code).bytes(9, content);
}

function encodeTensor(tensor: Initializer): ProtobufWriter {
  const writer = new ProtobufWriter().packedInts(1, tensor.shape).int(2, elementCodes[tensor.element]);
  switch (tensor.element) {
    case 'string':
      for (const text of tensor.values) writer.text(6, text);
      break;
    case 'int64':
      writer.bytes(9, new Uint8Array(BigInt64Array.from(tensor.values, BigInt).buffer));
      break;
    case 'double':
      writer.bytes(9, new Uint8Array(Float64Array.from(tensor.values).buffer));
      break;
    case 'float':
      writer.bytes(9, new Uint8Array(Float32Array.from(tensor.values).buffer));
      break;
  }
  return writer.text(8, tensor.name);
}

function encodeValueInfo(value: ValueInfo): ProtobufWriter {
  const shape = new ProtobufWriter().message(1, new ProtobufWriter().text(2, 'rows'));
  if (value.width !== undefined) shape.message(1, new ProtobufWriter().int(1, value.width));
  const tensorType = new ProtobufWriter().int(1, elementCodes[value.element]).message(2, shape);
  return new ProtobufWriter().text(1, value.name).message(2, new ProtobufWriter().message(1, tensorType));
}
