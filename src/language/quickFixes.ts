/** Repairs that an editor offers: the nearest legal name, our word for another tool's, quotes around a reference. */
import { CodeActionKind, type CodeAction, type Diagnostic } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { t } from '../base/localize.ts';
import type { DiagnosticData } from './diagnostics.ts';

export function quickFixes(document: TextDocument, diagnostics: readonly Diagnostic[]): CodeAction[] {
  return diagnostics.flatMap((diagnostic) => {
    const args = (diagnostic.data as DiagnosticData | undefined)?.args ?? {};
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

/** Quotes stay as they were; a name that YAML would not read as itself gets some. */
function requoted(found: string, replacement: string): string {
  const quote = /^(["'])[\s\S]*\1$/.exec(found)?.[1];
  if (quote !== undefined && !replacement.startsWith('"')) return `${quote}${replacement}${quote}`;
  return replacement;
}
