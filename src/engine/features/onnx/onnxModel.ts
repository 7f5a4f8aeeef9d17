/** ONNX models as values, and their bytes (onnx/onnx.proto). Nothing here names a time, a path or a version of ours: same value, same bytes. */
import { ProtobufWriter } from './protobuf.ts';

/** The formats the models are written in: what onnxruntime 1.13 and newer read. */
export const irVersion = 8;
export const opsetVersion = 17;
export const mlOpsetVersion = 3;
export const mlDomain = 'ai.onnx.ml';

export type ElementType = 'float' | 'double' | 'int64' | 'bool' | 'string';

const elementCodes: Readonly<Record<ElementType, number>> = { float: 1, int64: 7, string: 8, bool: 9, double: 11 };

export type Attribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'ints'; readonly values: readonly (number | bigint)[] }
  | { readonly type: 'floats'; readonly values: ArrayLike<number> }
  | { readonly type: 'texts'; readonly values: readonly string[] };

export interface OnnxNode {
  readonly operator: string;
  readonly domain: '' | typeof mlDomain;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export type Initializer = { readonly name: string; readonly shape: readonly number[] } & (
  | { readonly element: 'float' | 'double'; readonly values: readonly number[] | Float32Array }
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
  return new ProtobufWriter()
    .int(1, irVersion)
    .text(2, 'millwright')
    .message(7, graph)
    .message(8, new ProtobufWriter().text(1, '').int(2, opsetVersion))
    .message(8, new ProtobufWriter().text(1, mlDomain).int(2, mlOpsetVersion))
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
  }
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
