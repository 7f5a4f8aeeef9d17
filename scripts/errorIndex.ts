/** The index of error codes as Markdown, `docs/errors.md`, made from the places in the sources where the errors are made. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { exitCodes, type FailureKind } from '../src/base/errors.ts';
import { root } from './paths.ts';

/** What is known of a code from all its places. */
interface ErrorEntry {
  readonly messages: Set<string>;
  readonly remedies: Set<string>;
  readonly kinds: Set<FailureKind>;
}

type Constants = ReadonlyMap<string, string>;
type Entries = ReadonlyMap<string, ErrorEntry>;

const introduction = `# Errors

<!-- Generated from the sources by scripts/errorIndex.ts; do not edit. -->

Every failure has a code, which stands in brackets behind its text, in \`code\` of an answer as JSON, and in the log. Texts may change, codes
are kept. \`{…}\` stands for what the failure is about. The number is the exit code of a command that ends so
([what they mean](command-line.md#exit-codes)).`;

/** The text of `docs/errors.md`. */
export function generateErrorIndex(entries: Entries): string {
  const byArea = Map.groupBy([...entries.keys()].sort(), (code) => code.split('.')[0] ?? '');
  const sections = [...byArea].map(([area, codes]) => [`## ${area}`, table(codes, entries)].join('\n\n'));
  return `${[introduction, ...sections].join('\n\n')}\n`;
}

function table(codes: readonly string[], entries: Entries): string {
  const lines = codes.map((code) => {
    const { messages, remedies, kinds } = entries.get(code) ?? noEntry();
    const exits = [...new Set([...kinds].map((kind) => exitCodes[kind]))].sort((a, b) => a - b).join(', ');
    return `| \`${code}\` | ${cell(messages)} | ${cell(remedies)} | ${exits} |`;
  });
  return ['| code | says | to do | exit |', '|---|---|---|---|', ...lines].join('\n');
}

function cell(texts: ReadonlySet<string>): string {
  return [...texts]
    .sort() // a file that is moved changes nothing
    .map((text) => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('*', '\\*').replaceAll('_', '\\_'))
    .join('<br>');
}

function noEntry(): ErrorEntry {
  return { messages: new Set(), remedies: new Set(), kinds: new Set() };
}

/** Every code with what its places say. */
export function readEntries(): Entries {
  const entries = new Map<string, ErrorEntry>();
  const files = globSync('src/**/*.ts', { cwd: root }).sort();
  const contentsOf = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const constants = new Map([...contentsOf.values()].flatMap(exportedTexts));
  for (const [file, contents] of contentsOf) {
    if (!/AppError|\.add\(|\bcode:/.test(contents)) continue;
    const source = ts.createSourceFile(file, contents, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      for (const { code, message, details } of madeAt(node, constants)) addEntry(entries, code, { message, details });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return entries;
}

/** Texts that a file exports by name, such as a code that is asked for elsewhere. */
function exportedTexts(contents: string): [string, string][] {
  return [...contents.matchAll(/^export const (\w+) = '([^']+)';$/gm)].map(([, name = '', text = '']) => [name, text]);
}

interface MadeError {
  readonly code: string;
  readonly message: ts.Node | undefined;
  /** The object that holds `kind` and `remedy`. */
  readonly details: ts.Node | undefined;
}

/** The errors that an expression makes: `new AppError(code, message, details)`, a finding of the project file, or a record. */
function madeAt(node: ts.Node, constants: Constants): readonly MadeError[] {
  if (ts.isNewExpression(node) && node.expression.getText() === 'AppError') {
    const [code, message, details] = node.arguments ?? [];
    return codesOf(code, constants).map((each) => ({ code: each, message, details }));
  }
  if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression) && node.expression.name.text === 'add') {
    const [code, message, , details] = node.arguments;
    return codesOf(code, constants).map((each) => ({ code: each, message, details }));
  }
  if (ts.isObjectLiteralExpression(node)) {
    return codesOf(memberOf(node, 'code'), constants).map((code) => ({ code, message: memberOf(node, 'message'), details: node }));
  }
  return [];
}

/** The codes that an expression stands for: written out, chosen between, or a constant. */
function codesOf(node: ts.Node | undefined, constants: Constants): readonly string[] {
  if (node === undefined) return [];
  if (ts.isConditionalExpression(node)) return [...codesOf(node.whenTrue, constants), ...codesOf(node.whenFalse, constants)];
  if (ts.isIdentifier(node)) {
    const own = declarationsOf(node).flatMap(({ initializer }) => codesOf(initializer, constants));
    return own.length > 0 ? own : codeIn(constants.get(node.text));
  }
  return ts.isStringLiteral(node) ? codeIn(node.text) : [];
}

function codeIn(text: string | undefined): readonly string[] {
  return text !== undefined && /^[a-z]+\.[a-z]\w+$/i.test(text) ? [text] : [];
}

function addEntry(entries: Map<string, ErrorEntry>, code: string, { message, details }: Omit<MadeError, 'code'>): void {
  const entry = entries.get(code) ?? noEntry();
  entries.set(code, entry);
  for (const text of textsOf(message)) entry.messages.add(text);
  for (const text of textsOf(memberOf(details, 'remedy'))) entry.remedies.add(text);
  entry.kinds.add(kindOf(memberOf(details, 'kind')));
}

function kindOf(node: ts.Node | undefined): FailureKind {
  return node !== undefined && ts.isStringLiteral(node) && node.text in exitCodes ? (node.text as FailureKind) : 'input';
}

/** The texts that an expression may be, also those of constants of the function around it. */
function textsOf(node: ts.Node | undefined): readonly string[] {
  const texts: string[] = [];
  const seen = new Set<ts.Node>();
  const visit = (part: ts.Node): void => {
    if (seen.has(part)) return;
    seen.add(part);
    if (ts.isIdentifier(part)) for (const { initializer } of declarationsOf(part)) if (initializer !== undefined) visit(initializer);
    const [first] = ts.isCallExpression(part) && /(^|\.)t$/.test(part.expression.getText()) ? part.arguments : [];
    if (first !== undefined && ts.isStringLiteralLike(first)) texts.push(first.text);
    else ts.forEachChild(part, visit);
  };
  if (node !== undefined) visit(node);
  return texts;
}

/** The value of a member, also of objects that are chosen between or spread into this one. */
function memberOf(node: ts.Node | undefined, name: string): ts.Node | undefined {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
  for (const member of node.properties) {
    if (ts.isPropertyAssignment(member) && member.name.getText() === name) return member.initializer;
    if (ts.isShorthandPropertyAssignment(member) && member.name.text === name) return member.name;
  }
  return undefined;
}

/** The declarations of a name in the blocks around it, the nearest block that has one. */
function declarationsOf(name: ts.Identifier): readonly ts.VariableDeclaration[] {
  for (let block: ts.Node = name.parent; ; block = block.parent) {
    const found = ts.isBlock(block) || ts.isSourceFile(block) || ts.isCaseClause(block) ? declaredIn(block, name.text) : [];
    if (found.length > 0 || ts.isSourceFile(block)) return found;
  }
}

function declaredIn(block: ts.Block | ts.SourceFile | ts.CaseClause, name: string): readonly ts.VariableDeclaration[] {
  return block.statements
    .filter((statement) => ts.isVariableStatement(statement))
    .flatMap(({ declarationList }) => declarationList.declarations.filter((declared) => declared.name.getText() === name));
}

if (import.meta.main) console.log(generateErrorIndex(readEntries()));
