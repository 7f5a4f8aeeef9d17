/** Repairs that an editor offers: the nearest legal name, our word for another tool's, quotes around a reference, a wider range. */
import { CodeActionKind, type CodeAction, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ErrorArguments } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { DiagnosticData } from './diagnostics.ts';

export function quickFixes(document: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const args = (diagnostic.data as DiagnosticData | undefined)?.args ?? {};
    if (diagnostic.code === 'project.outOfRange') return widerRange(document, diagnostic, args);
    const replacement = args.replacement ?? args.nearest;
    if (typeof replacement !== 'string') return [];
    const newText = requoted(document.getText(diagnostic.range), replacement);
    return [
      {
        title: t('Replace with {replacement}', { replacement: newText }),
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [document.uri]: [{ range: diagnostic.range, newText }] } },
      },
    ];
  });
}

/** Says at the end of the file that this project allows the value; a file that has ranges already is left to its author. */
function widerRange(document: TextDocument, diagnostic: Diagnostic, { name, value, end }: ErrorArguments): CodeAction[] {
  const text = document.getText();
  if (/^ranges\s*:/m.test(text)) return [];
  const position = document.positionAt(text.length);
  const newText = `${text.endsWith('\n') ? '' : '\n'}ranges: {${String(name)}: {${String(end)}: ${String(value)}}}\n`;
  return [
    {
      title: t('Allow {name} {value} in this project', { name: String(name), value: String(value) }),
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnostic],
      edit: { changes: { [document.uri]: [{ range: { start: position, end: position }, newText }] } },
    },
  ];
}

/** Quotes stay as they were; a name that YAML would not read as itself gets some. */
function requoted(found: string, replacement: string): string {
  const quote = /^(["'])[\s\S]*\1$/.exec(found)?.[1];
  if (quote !== undefined && !replacement.startsWith('"')) return `${quote}${replacement}${quote}`;
  return replacement;
}
