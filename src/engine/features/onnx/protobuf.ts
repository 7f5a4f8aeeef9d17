/** The wire format of Protocol Buffers, as far as writing ONNX needs it (protobuf.dev/programming-guides/encoding). */

const encoder = new TextEncoder();

/** Appends fields to one message; {@link ProtobufWriter.finish} gives its bytes. */
export class ProtobufWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A varint field; negative numbers as ten bytes of two's complement. */
  int(field: number, value: number | bigint): this {
    this.#varint(BigInt(field << 3));
    this.#varint(BigInt.asUintN(64, BigInt(value)));
    return this;
  }

  float(field: number, value: number): this {
    this.#varint(BigInt((field << 3) | 5));
    return this.#raw(new Uint8Array(Float32Array.of(value).buffer));
  }

  text(field: number, value: string): this {
    return this.bytes(field, encoder.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(BigInt((field << 3) | 2));
    this.#varint(BigInt(value.length));
    return this.#raw(value);
  }

  message(field: number, value: ProtobufWriter): this {
    return this.bytes(field, value.finish());
  }

  packedInts(field: number, values: Iterable<number | bigint>): this {
    const inner = new ProtobufWriter();
    for (const value of values) inner.#varint(BigInt.asUintN(64, BigInt(value)));
    return this.bytes(field, inner.finish());
  }

  packedFloats(field: number, values: ArrayLike<number>): this {
    return this.bytes(field, new Uint8Array(Float32Array.from(values).buffer));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #varint(value: bigint): void {
    this.#reserve(10);
    if (value < 0x80n) {
      this.#bytes[this.#length++] = Number(value);
      return;
    }
    for (let rest = value; ; rest >>= 7n) {
      const low = Number(rest & 0x7fn);
      if (rest < 0x80n) {
        this.#bytes[this.#length++] = low;
        return;
      }
      this.#bytes[this.#length++] = low | 0x80;
    }
  }

  #raw(value: Uint8Array): this {
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
