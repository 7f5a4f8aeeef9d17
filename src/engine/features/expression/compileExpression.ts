/**
 * Compiles feature expressions into ONNX operators over raw columns. Numbers are float64 with NaN for missing; truth values
 * are float64 too: 1, 0, or NaN for SQL's unknown. Meaning as in DuckDB with every number cast to DOUBLE; where DuckDB would
 * raise (logarithm of 0, root of a negative), the result is missing.
 */
import { t } from '../../../base/localize.ts';
import type { Column } from '../../../protocol/dataset.ts';
import { missingText } from '../../data/rows/columns.ts';
import { float, floats, int, texts, type GraphBuilder, type TensorName } from '../onnx/graphBuilder.ts';
import { calendarField, parseTimestamp } from './calendarFields.ts';
import { expressionError, noSuchColumn } from './expressionError.ts';
import type { ComparisonOperator, Expression, FunctionName } from './syntax.ts';

/** What an expression yields. A `text` is a raw column; literals take their type from what they are compared with. */
export type Value =
  | { readonly kind: 'number' | 'boolean' | 'time' | 'text'; readonly tensor: TensorName }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'null' };

export interface ExpressionScope {
  readonly graph: GraphBuilder;
  /** The text of the expression, for errors. */
  readonly source: string;
  /** @returns undefined when there is no such column */
  readonly column: (name: string) => (Column & { readonly tensor: TensorName }) | undefined;
  /** The names of all columns, to suggest one. */
  readonly columnNames: readonly string[];
}

const comparisonNodes = { '<': 'Less', '<=': 'LessOrEqual', '>': 'Greater', '>=': 'GreaterOrEqual', '=': 'Equal', '<>': 'Equal' } as const;

/**
 * A float64 tensor of one column: the expression's value of each row, truth values as 1 and 0.
 * @throws AppError `features.expression` for unknown columns and values that do not fit
 */
export function compileNumber(scope: ExpressionScope, expression: Expression): TensorName {
  const value = compile(scope, expression);
  if (value.kind === 'number' || value.kind === 'boolean') return value.tensor;
  return asNumber(scope, value, expression);
}

function compile(scope: ExpressionScope, node: Expression): Value {
  const { graph } = scope;
  switch (node.kind) {
    case 'number':
      return { kind: 'number', tensor: graph.double(node.value) };
    case 'boolean':
      return { kind: 'boolean', tensor: graph.double(node.value ? 1 : 0) };
    case 'text':
      return { kind: 'literal', text: node.value };
    case 'null':
      return { kind: 'null' };
    case 'column':
      return compileColumn(scope, node);
    case 'negate':
      return { kind: 'number', tensor: graph.node('Neg', [number(scope, node.operand)]) };
    case 'not':
      return { kind: 'boolean', tensor: graph.node('Sub', [graph.double(1), truth(scope, node.operand)]) };
    case 'isNull':
      return { kind: 'boolean', tensor: graph.cast(isMissing(scope, compile(scope, node.operand), node.operand), 'double') };
    case 'arithmetic':
      return { kind: 'number', tensor: arithmetic(graph, node.operator, number(scope, node.left), number(scope, node.right)) };
    case 'comparison':
      return { kind: 'boolean', tensor: comparison(scope, node) };
    case 'logical':
      return { kind: 'boolean', tensor: logical(graph, node.operator, truth(scope, node.left), truth(scope, node.right)) };
    case 'case':
      return compileCase(scope, node);
    case 'call':
      return compileCall(scope, node);
  }
}

function compileColumn(scope: ExpressionScope, node: Expression & { kind: 'column' }): Value {
  const column = scope.column(node.name);
  if (column === undefined) throw noSuchColumn(scope.source, node, node.name, scope.columnNames);
  const { tensor } = column;
  switch (column.type) {
    case 'integer':
    case 'number':
      return { kind: 'number', tensor };
    case 'boolean':
      return { kind: 'boolean', tensor };
    case 'timestamp':
      return { kind: 'time', tensor };
    case 'category':
    case 'text':
      return { kind: 'text', tensor };
  }
}

function number(scope: ExpressionScope, node: Expression): TensorName {
  return asNumber(scope, compile(scope, node), node);
}

function asNumber(scope: ExpressionScope, value: Value, node: Expression): TensorName {
  switch (value.kind) {
    case 'number':
      return value.tensor;
    case 'null':
      return scope.graph.double(NaN);
    case 'boolean':
      throw expressionError(
        scope.source,
        node,
        t('a number is needed, but this is true or false.'),
        t('Write "case when … then 1 else 0 end".'),
      );
    case 'time':
      throw expressionError(
        scope.source,
        node,
        t('a number is needed, but this is a timestamp.'),
        t('Take a part of it: year, month, day, dayofweek, hour or minute.'),
      );
    case 'text':
    case 'literal':
      throw expressionError(scope.source, node, t('a number is needed, but this is a text.'), textRemedy(node));
  }
}

/** A column that should hold numbers is a text where one value is none: declaring its type makes the reader name that value. */
function textRemedy(node: Expression): string {
  return node.kind === 'column'
    ? t(
        'Use it as a categorical feature. If it should hold numbers, declare it "type: number" in the data set: the value that is none is then named.',
      )
    : t('Texts can be compared with "=", "<>" and "in", or used as a categorical feature.');
}

/** A condition: truth values, or numbers, where any but 0 is true. */
function truth(scope: ExpressionScope, node: Expression): TensorName {
  const value = compile(scope, node);
  if (value.kind === 'boolean') return value.tensor;
  const { graph } = scope;
  const tensor = asNumber(scope, value, node);
  const isZero = graph.cast(graph.node('Equal', [tensor, graph.double(0)]), 'double');
  return keepMissing(graph, graph.node('IsNaN', [tensor]), graph.node('Sub', [graph.double(1), isZero]));
}

/** A bool tensor. */
function isMissing(scope: ExpressionScope, value: Value, node: Expression): TensorName {
  const { graph } = scope;
  switch (value.kind) {
    case 'number':
    case 'boolean':
      return graph.node('IsNaN', [value.tensor]);
    case 'time':
      return graph.node('Equal', [value.tensor, graph.int64(-(2n ** 63n))]);
    case 'text':
      return graph.node('IsNaN', [equalsText(graph, value.tensor, '')]);
    case 'literal':
    case 'null':
      throw expressionError(scope.source, node, t('a column or a computed value is needed here, not a constant.'));
  }
}

function keepMissing(graph: GraphBuilder, missing: TensorName, value: TensorName): TensorName {
  return graph.node('Where', [missing, graph.double(NaN), value]);
}

function arithmetic(graph: GraphBuilder, operator: string, left: TensorName, right: TensorName): TensorName {
  switch (operator) {
    case '+':
      return graph.node('Add', [left, right]);
    case '-':
      return graph.node('Sub', [left, right]);
    case '*':
      return graph.node('Mul', [left, right]);
    case '/':
      return graph.node('Div', [left, right]);
    default:
      return graph.node('Mod', [left, right], { fmod: int(1) });
  }
}

function logical(graph: GraphBuilder, operator: string, left: TensorName, right: TensorName): TensorName {
  const decisive = graph.double(operator === 'and' ? 0 : 1);
  const decided = graph.node('Or', [graph.node('Equal', [left, decisive]), graph.node('Equal', [right, decisive])]);
  const missing = graph.node('IsNaN', [graph.node('Add', [left, right])]);
  const otherwise = keepMissing(graph, missing, graph.double(operator === 'and' ? 1 : 0));
  return graph.node('Where', [decided, decisive, otherwise]);
}

function comparison(scope: ExpressionScope, node: Expression & { kind: 'comparison' }): TensorName {
  const { graph } = scope;
  const left = compile(scope, node.left);
  const right = compile(scope, node.right);
  if (left.kind === 'null' || right.kind === 'null') {
    throw expressionError(scope.source, node, t('a comparison with null is never true.'), t('Use "is null" or "is not null".'));
  }
  if (left.kind === 'text' || right.kind === 'text') return textComparison(scope, node, left, right);
  if (left.kind === 'time' || right.kind === 'time') {
    const [a, b] = [asTime(scope, left, node.left), asTime(scope, right, node.right)];
    const missing = graph.node('Or', [missingTimeOf(graph, a), missingTimeOf(graph, b)]);
    return keepMissing(graph, missing, compare(graph, node.operator, a, b));
  }
  const both = [left, right].every((value) => value.kind === 'boolean');
  const a = both ? tensorOf(left) : asComparable(scope, left, node.left);
  const b = both ? tensorOf(right) : asComparable(scope, right, node.right);
  const missing = graph.node('Or', [graph.node('IsNaN', [a]), graph.node('IsNaN', [b])]);
  return keepMissing(graph, missing, compare(graph, node.operator, a, b));
}

function tensorOf(value: Value): TensorName {
  return 'tensor' in value ? value.tensor : '';
}

function asComparable(scope: ExpressionScope, value: Value, node: Expression): TensorName {
  return value.kind === 'boolean' ? value.tensor : asNumber(scope, value, node);
}

function compare(graph: GraphBuilder, operator: ComparisonOperator, left: TensorName, right: TensorName): TensorName {
  const holds = graph.node(comparisonNodes[operator], [left, right]);
  return graph.cast(operator === '<>' ? graph.node('Not', [holds]) : holds, 'double');
}

function missingTimeOf(graph: GraphBuilder, time: TensorName): TensorName {
  return graph.node('Equal', [time, graph.int64(-(2n ** 63n))]);
}

function asTime(scope: ExpressionScope, value: Value, node: Expression): TensorName {
  if (value.kind === 'time') return value.tensor;
  const micros = value.kind === 'literal' ? parseTimestamp(value.text) : undefined;
  if (micros !== undefined) return scope.graph.int64(micros);
  throw expressionError(
    scope.source,
    node,
    t('a timestamp can be compared with a timestamp only.'),
    t("Write the other side as '2001-03-01' or '2001-03-01 12:30:00'."),
  );
}

function textComparison(scope: ExpressionScope, node: Expression & { kind: 'comparison' }, left: Value, right: Value): TensorName {
  const { graph } = scope;
  const column = left.kind === 'text' ? left : right;
  const literal = left.kind === 'text' ? right : left;
  if (column.kind !== 'text' || literal.kind !== 'literal' || !['=', '<>'].includes(node.operator)) {
    throw expressionError(
      scope.source,
      node,
      t('a text column can be compared for equality with a text in single quotes only.'),
      t("Write, for example, origin = 'SEA'. Put anything else into a data set with a query."),
    );
  }
  const equal = equalsText(graph, column.tensor, literal.text);
  return node.operator === '=' ? equal : graph.node('Sub', [graph.double(1), equal]);
}

/** Float64: 1 where the text is equal, 0 where it is another, NaN where it is missing. Opset 17 compares no strings directly. */
function equalsText(graph: GraphBuilder, column: TensorName, wanted: string): TensorName {
  const keys = wanted === missingText ? [missingText] : [wanted, missingText];
  const values = wanted === missingText ? [NaN] : [1, NaN];
  return graph.cast(
    graph.mlNode('LabelEncoder', [column], { keys_strings: texts(keys), values_floats: floats(values), default_float: float(0) }),
    'double',
  );
}

function compileCase(scope: ExpressionScope, node: Expression & { kind: 'case' }): Value {
  const results = [...node.branches.map((branch) => branch.then), node.otherwise].map((result) => ({
    node: result,
    value: compile(scope, result),
  }));
  const kind = commonKind(scope, results);
  const tensors = results.map((result) => resultTensor(scope, kind, result.value, result.node));
  const fallback = tensors.at(-1) ?? scope.graph.double(NaN);
  const tensor = node.branches.reduceRight((otherwise, branch, index) => {
    const holds = scope.graph.node('Equal', [truth(scope, branch.when), scope.graph.double(1)]);
    return scope.graph.node('Where', [holds, tensors[index] ?? fallback, otherwise]);
  }, fallback);
  return { kind, tensor };
}

type ResultKind = 'number' | 'boolean' | 'time';

/** Results that are alternatives must be of one kind; null fits any. */
function commonKind(scope: ExpressionScope, results: readonly { node: Expression; value: Value }[]): ResultKind {
  const known = results.filter((result) => result.value.kind !== 'null');
  const first = known[0]?.value.kind ?? 'number';
  const other = known.find((result) => result.value.kind !== first);
  const kind = first === 'number' || first === 'boolean' || first === 'time' ? first : undefined;
  if (other !== undefined || kind === undefined) {
    const at = other?.node ?? known[0]?.node ?? { start: 0, end: scope.source.length };
    throw expressionError(
      scope.source,
      at,
      kind === undefined ? t('a number is needed, but this is a text.') : t('all results must be of the same type.'),
      t('Let every result be a number.'),
    );
  }
  return kind;
}

function resultTensor(scope: ExpressionScope, kind: ResultKind, value: Value, node: Expression): TensorName {
  if (value.kind === 'null') return kind === 'time' ? scope.graph.int64(-(2n ** 63n)) : scope.graph.double(NaN);
  return value.kind === kind ? value.tensor : asNumber(scope, value, node);
}

function compileCall(scope: ExpressionScope, node: Expression & { kind: 'call' }): Value {
  switch (node.name) {
    case 'coalesce':
      return coalesce(scope, node);
    case 'least':
    case 'greatest':
      return {
        kind: 'number',
        tensor: extreme(
          scope.graph,
          node.name,
          node.args.map((arg) => number(scope, arg)),
        ),
      };
    case 'year':
    case 'month':
    case 'day':
    case 'dayofweek':
    case 'hour':
    case 'minute': {
      const argument = onlyArgument(scope, node);
      const value = compile(scope, argument);
      if (value.kind === 'time') return { kind: 'number', tensor: calendarField(scope.graph, node.name, value.tensor) };
      throw expressionError(
        scope.source,
        argument,
        t('{function} needs a timestamp.', { function: node.name }),
        t('Declare the column as "type: timestamp".'),
      );
    }
    default:
      return { kind: 'number', tensor: elementary(scope.graph, node.name, number(scope, onlyArgument(scope, node))) };
  }
}

function onlyArgument(scope: ExpressionScope, node: Expression & { kind: 'call' }): Expression {
  const [argument, ...further] = node.args;
  if (argument !== undefined && further.length === 0) return argument;
  throw expressionError(scope.source, node, t('{function} takes exactly one value.', { function: node.name }));
}

function coalesce(scope: ExpressionScope, node: Expression & { kind: 'call' }): Value {
  const { graph } = scope;
  const results = node.args.map((arg) => ({ node: arg, value: compile(scope, arg) }));
  const kind = commonKind(scope, results);
  const tensors = results.map((result) => resultTensor(scope, kind, result.value, result.node));
  const tensor = tensors.reduceRight((otherwise, first) => {
    const missing = kind === 'time' ? missingTimeOf(graph, first) : graph.node('IsNaN', [first]);
    return graph.node('Where', [missing, otherwise, first]);
  });
  return { kind, tensor };
}

/** The least or greatest of the values that are not missing. */
function extreme(graph: GraphBuilder, name: 'least' | 'greatest', tensors: readonly TensorName[]): TensorName {
  return tensors.reduce((left, right) => {
    const both = graph.node(name === 'least' ? 'Min' : 'Max', [left, right]);
    const withoutRight = graph.node('Where', [graph.node('IsNaN', [right]), left, both]);
    return graph.node('Where', [graph.node('IsNaN', [left]), right, withoutRight]);
  });
}

/** Functions of one number. ONNX's `Log` is the natural one, DuckDB's `log` has base 10. */
function elementary(graph: GraphBuilder, name: FunctionName, x: TensorName): TensorName {
  switch (name) {
    case 'abs':
      return graph.node('Abs', [x]);
    case 'exp':
      return graph.node('Exp', [x]);
    case 'sqrt':
      return graph.node('Sqrt', [x]);
    default: {
      const undefinedAt = graph.node('LessOrEqual', [x, graph.double(0)]);
      const natural = graph.node('Log', [keepMissing(graph, undefinedAt, x)]);
      return name === 'ln' ? natural : graph.node('Div', [natural, graph.double(Math.LN10)]);
    }
  }
}
