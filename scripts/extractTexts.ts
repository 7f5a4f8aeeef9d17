/**
 * Every text that Millwright shows to people, gathered from the sources: what a translator works from.
 * The packaged extension carries it as `media/l10n/bundle.l10n.json`; run by hand, this prints it.
 */
import { globSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from './paths.ts';

/** The texts by themselves, in the order of files and places. */
export type Texts = Readonly<Record<string, string>>;

/** @throws Error naming the place of a text that is not written out in the source, which no translator would see */
export function extractTexts(): Texts {
  const files = globSync(['src/**/*.ts', 'webview-ui/**/*.{ts,tsx}'], { cwd: root })
    .map((file) => join(root, file))
    .sort();
  return Object.fromEntries(files.flatMap((file) => textsIn(file, readFileSync(file, 'utf8'))).map((text) => [text, text]));
}

/** The first arguments of all calls of `t` and `vscode.l10n.t` in a source file. */
export function textsIn(file: string, contents: string): string[] {
  if (!/\bt\(/.test(contents) || isTranslator(file)) return [];
  const source = ts.createSourceFile(
    file,
    contents,
    ts.ScriptTarget.Latest,
    true,
    file.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  );
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslation(node.expression)) texts.push(literalOf(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}

/** The definition of `t` itself hands its argument on. */
function isTranslator(file: string): boolean {
  return file === join(root, 'src', 'base', 'localize.ts');
}

function isTranslation(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === 't';
  return ts.isPropertyAccessExpression(callee) && callee.name.text === 't' && /(^|\.)l10n$/.test(callee.expression.getText());
}

function literalOf(call: ts.CallExpression, source: ts.SourceFile): string {
  const [text] = call.arguments;
  if (text !== undefined && ts.isStringLiteralLike(text)) return text.text;
  const { line } = source.getLineAndCharacterOfPosition(call.getStart());
  throw new Error(`${relative(root, source.fileName)}:${line + 1}: write the text itself into the call, so that it can be translated.`);
}

if (import.meta.main) console.log(JSON.stringify(extractTexts(), undefined, 2));
