/** The syntax tree of a feature expression. `start` and `end` are offsets into its text, the end exclusive. */

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type LogicalOperator = 'and' | 'or';

export const functionNames = [
  'abs',
  'log',
  'ln',
  'exp',
  'sqrt',
  'least',
  'greatest',
  'coalesce',
  'year',
  'month',
  'day',
  'dayofweek',
  'hour',
  'minute',
] as const;
export type FunctionName = (typeof functionNames)[number];

export type Expression = Span &
  (
    | { readonly kind: 'number'; readonly value: number }
    | { readonly kind: 'text'; readonly value: string }
    | { readonly kind: 'boolean'; readonly value: boolean }
    | { readonly kind: 'null' }
    | { readonly kind: 'column'; readonly name: string }
    | { readonly kind: 'negate'; readonly operand: Expression }
    | { readonly kind: 'not'; readonly operand: Expression }
    | {
        readonly kind: 'arithmetic';
        readonly operator: ArithmeticOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'comparison';
        readonly operator: ComparisonOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | { readonly kind: 'logical'; readonly operator: LogicalOperator; readonly left: Expression; readonly right: Expression }
    | { readonly kind: 'isNull'; readonly operand: Expression }
    | {
        readonly kind: 'case';
        readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
        readonly otherwise: Expression;
      }
    | { readonly kind: 'call'; readonly name: FunctionName; readonly args: readonly Expression[] }
  );

/** Every column an expression names, in the order of first mention. */
export function columnsOf(expression: Expression): readonly string[] {
  const names = new Set<string>();
  const visit = (node: Expression): void => {
    if (node.kind === 'column') names.add(node.name);
    childrenOf(node).forEach(visit);
  };
  visit(expression);
  return [...names];
}

/** Functions whose last bits IEEE 754 leaves open: processors and versions of a library differ in them. */
const roundedFunctions: ReadonlySet<FunctionName> = new Set(['log', 'ln', 'exp']);

/** Whether every processor computes the same float64, bit for bit. */
export function isExact(expression: Expression): boolean {
  return !(expression.kind === 'call' && roundedFunctions.has(expression.name)) && childrenOf(expression).every(isExact);
}

function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'negate':
    case 'not':
    case 'isNull':
      return [node.operand];
    case 'arithmetic':
    case 'comparison':
    case 'logical':
      return [node.left, node.right];
    case 'case':
      return [...node.branches.flatMap((branch) => [branch.when, branch.then]), node.otherwise];
    case 'call':
      return node.args;
    default:
      return [];
  }
}
