/** Builds an ONNX graph node by node; equal nodes are made once. */
import {
  mlDomain,
  type Attribute,
  type ElementType,
  type Initializer,
  type OnnxFormat,
  type OnnxModel,
  type OnnxNode,
  type ValueInfo,
} from './onnxModel.ts';

export const int = (value: number): Attribute => ({ type: 'int', value });
export const float = (value: number): Attribute => ({ type: 'float', value });
export const text = (value: string): Attribute => ({ type: 'text', value });
export const ints = (values: readonly (number | bigint)[]): Attribute => ({ type: 'ints', values });
export const floats = (values: readonly number[]): Attribute => ({ type: 'floats', values });
export const tensor = (element: 'double' | 'uint8', values: readonly number[]): Attribute => ({ type: 'tensor', element, values });
export const texts = (values: readonly string[]): Attribute => ({ type: 'texts', values });

/** The number of an element type in a `Cast`. */
const castCodes = { float: 1, int64: 7, bool: 9, double: 11 } as const;

type Attributes = Readonly<Record<string, Attribute>>;

/** The name of a tensor inside the graph. */
export type TensorName = string;

export class GraphBuilder {
  readonly #inputs: ValueInfo[] = [];
  readonly #outputs: ValueInfo[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #nodes: OnnxNode[] = [];
  readonly #known = new Map<string, TensorName>();
  /** The values of constants of one float64. */
  readonly #numbers = new Map<TensorName, number>();
  readonly #reserved = new Set<string>();

  /** @param reserved the names of every input and output to come, which no inner tensor may take */
  constructor(reserved: Iterable<string>) {
    for (const name of reserved) this.#reserved.add(name);
  }

  input(name: string, element: ElementType, width = 1): TensorName {
    if (!this.#inputs.some((known) => known.name === name)) this.#inputs.push({ name, element, width });
    return name;
  }

  /** Adds a node of the standard operators; sums and products with a constant that a runtime would drop are written in another way. */
  node(operator: string, inputs: readonly TensorName[], attributes: Attributes = {}): TensorName {
    return this.#keptArithmetic(operator, inputs) ?? this.#add(operator, '', inputs, attributes);
  }

  /** Adds a node of the `ai.onnx.ml` operators. */
  mlNode(operator: string, inputs: readonly TensorName[], attributes: Attributes): TensorName {
    return this.#add(operator, mlDomain, inputs, attributes);
  }

  cast(input: TensorName, element: keyof typeof castCodes): TensorName {
    return this.node('Cast', [input], { to: int(castCodes[element]) });
  }

  /** A scalar of float64. */
  double(value: number): TensorName {
    return this.#initializer({ element: 'double', values: [value], shape: [] });
  }

  /** A scalar of float32. */
  float(value: number): TensorName {
    return this.#initializer({ element: 'float', values: [value], shape: [] });
  }

  /** A scalar of int64. */
  int64(value: number | bigint): TensorName {
    return this.#initializer({ element: 'int64', values: [BigInt(value)], shape: [] });
  }

  int64s(values: readonly (number | bigint)[]): TensorName {
    return this.#initializer({ element: 'int64', values: values.map(BigInt), shape: [values.length] });
  }

  doubles(values: readonly number[]): TensorName {
    return this.#initializer({ element: 'double', values, shape: [values.length] });
  }

  texts(values: readonly string[]): TensorName {
    return this.#initializer({ element: 'string', values, shape: [values.length] });
  }

  /** A matrix of float64, row by row. */
  matrix(values: Float64Array, width: number): TensorName {
    return this.#initializer({ element: 'double', values, shape: [values.length / width, width] });
  }

  output(name: string, from: TensorName, element: ElementType, width: number | undefined): void {
    this.#nodes.push({ operator: 'Identity', domain: '', inputs: [from], output: name, attributes: {} });
    this.#outputs.push({ name, element, width });
  }

  /** Constants that no node reads in the end are left out. */
  finish(format: OnnxFormat = 'plain'): OnnxModel {
    const read = new Set(this.#nodes.flatMap((node) => node.inputs));
    return {
      format,
      inputs: this.#inputs,
      outputs: this.#outputs,
      initializers: this.#initializers.filter(({ name }) => read.has(name)),
      nodes: this.#nodes,
    };
  }

  /**
   * ONNX Runtime (1.31, and those before it) takes a sum or product out of the graph when its constant is 0 or 1 as a float32, though
   * it may be the float64 1e-50 or 1 + 1e-9. Doubling and halving are exact, and a `Sum` is left alone.
   * @returns undefined where nothing is to be feared
   */
  #keptArithmetic(operator: string, inputs: readonly TensorName[]): TensorName | undefined {
    const neutral = neutralConstants[operator];
    const at = inputs.findIndex((name) => isMistaken(this.#numbers.get(name), neutral));
    const constant = this.#numbers.get(inputs[at] ?? '');
    const other = inputs[1 - at];
    if (constant === undefined || other === undefined) return undefined;
    switch (operator) {
      case 'Add':
        return this.#add('Sum', '', inputs, {});
      case 'Sub':
        return at === 1 ? this.#add('Sum', '', [other, this.double(-constant)], {}) : undefined;
      case 'Mul':
        return this.node('Mul', [this.node('Mul', [other, this.double(constant / 2)]), this.double(2)]);
      default:
        return at === 1 ? this.node('Mul', [this.node('Div', [other, this.double(constant * 2)]), this.double(2)]) : undefined;
    }
  }

  #add(operator: string, domain: OnnxNode['domain'], inputs: readonly TensorName[], attributes: Attributes): TensorName {
    const key = `${operator}(${JSON.stringify(inputs)})${keyOf(attributes)}`;
    return this.#once(key, 'n', (output) => {
      this.#nodes.push({ operator, domain, inputs, output, attributes });
    });
  }

  #initializer(
    tensor:
      | { element: 'float' | 'double'; values: readonly number[] | Float64Array; shape: readonly number[] }
      | { element: 'int64'; values: readonly bigint[]; shape: readonly number[] }
      | { element: 'string'; values: readonly string[]; shape: readonly number[] },
  ): TensorName {
    const values: readonly (number | bigint | string)[] = Array.from<number | bigint | string>(tensor.values);
    const key = `${tensor.element}[${tensor.shape.join(',')}]${JSON.stringify(values.map(spell))}`;
    return this.#once(key, 'c', (name) => {
      this.#initializers.push({ ...tensor, name });
      if (tensor.element === 'double' && tensor.values.length === 1) this.#numbers.set(name, tensor.values[0] ?? 0);
    });
  }

  #once(key: string, prefix: string, make: (name: TensorName) => void): TensorName {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let name = `${prefix}${this.#known.size}`;
    while (this.#reserved.has(name)) name = `${name}_`;
    this.#known.set(key, name);
    make(name);
    return name;
  }
}

/** What leaves the other operand as it is. */
const neutralConstants: Readonly<Record<string, number>> = { Add: 0, Sub: 0, Mul: 1, Div: 1 };

/** Whether a float64 is neutral only once it has been rounded to float32. */
function isMistaken(value: number | undefined, neutral: number | undefined): boolean {
  return value !== undefined && value !== neutral && Math.fround(value) === neutral;
}

/** Distinguishes −0 from 0 and one NaN from null, which JSON does not. */
function spell(value: number | bigint | string): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function keyOf(attributes: Attributes): string {
  return JSON.stringify(Object.entries(attributes).map(([name, attribute]) => [name, attribute.type, contentOf(attribute).map(spell)]));
}

function contentOf(attribute: Attribute): readonly (number | bigint | string)[] {
  return 'values' in attribute ? Array.from<number | bigint | string>(attribute.values) : [attribute.value];
}
