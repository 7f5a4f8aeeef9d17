/** Reads the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), field by field and without a schema. */

/** One field of a message, by its number. */
export interface ProtobufField {
  readonly number: number;
  /** Of a varint, as an unsigned number of 64 bits; 0 for every other kind of field. */
  readonly varint: bigint;
  /** Of a text, bytes, a message or packed numbers; empty for every other kind of field. */
  readonly bytes: Uint8Array;
}

const nothing = new Uint8Array(0);
/** A mark at the beginning belongs to a name like any other sign. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Thrown where the bytes are no message. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
}

/** The fields of a message in their order. @throws ProtobufError where the bytes are none */
export function* protobufFields(message: Uint8Array): Generator<ProtobufField> {
  const reader = new Reader(message);
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const number = Number(tag >> 3n);
    if (number === 0) throw new ProtobufError('a field without a number');
    yield { number, ...readField(reader, Number(tag & 7n)) };
  }
}

function readField(reader: Reader, wireType: number): { varint: bigint; bytes: Uint8Array } {
  switch (wireType) {
    case 0:
      return { varint: reader.varint(), bytes: nothing };
    case 1:
      return { varint: 0n, bytes: reader.take(8) };
    case 2:
      return { varint: 0n, bytes: reader.take(Number(reader.varint())) };
    case 5:
      return { varint: 0n, bytes: reader.take(4) };
    default:
      throw new ProtobufError(`the wire type ${wireType}`);
  }
}

/** Numbers that a repeated field packs into bytes. @throws ProtobufError */
export function packedVarints(bytes: Uint8Array): bigint[] {
  const reader = new Reader(bytes);
  const values: bigint[] = [];
  while (!reader.isAtEnd) values.push(reader.varint());
  return values;
}

export function protobufText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Signed, as int64 fields are meant. */
export function signed(varint: bigint): bigint {
  return BigInt.asIntN(64, varint);
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new ProtobufError('a number is cut off');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new ProtobufError('a number is too long');
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new ProtobufError('a field is cut off');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
