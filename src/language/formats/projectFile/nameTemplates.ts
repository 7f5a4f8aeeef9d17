/** Beginnings of data sets, features and stages, with the names of the file filled in. */
import { CompletionItemKind } from 'vscode-languageserver';
import { t } from '../../../base/localize.ts';
import { projectSchema } from '../../../engine/project/schema/projectSchema.ts';
import type { TreeNode } from '../../../engine/project/text/yamlTree.ts';
import type { Caret } from '../../text/caret.ts';
import { keysOf, textIn } from './datasetOf.ts';
import { stagesWithModel } from './stagesWithModel.ts';
import type { Proposal } from './proposals.ts';
import { escapeSnippet } from '../../text/snippet.ts';

/** Templates for a new name, where the keys are names of the user's choice. */
export function nameTemplates(caret: Extract<Caret, { role: 'key' }>, taken: ReadonlySet<string>): readonly Proposal[] {
  if (caret.parent.length !== 1 || caret.isFlow || caret.hasColon) return [];
  switch (caret.parent[0]) {
    case 'datasets':
      return [
        template('data', t('A data set from files'), ['path: ${2:data/rows.parquet}'], taken),
        template(
          'window',
          t('A window of another data set'),
          [`from: ${slot(2, keysOf(caret.tree, 'datasets')[0])}`, 'during: {last: ${3:30d}}'],
          taken,
        ),
      ];
    case 'features':
      return [template('features', t('Features of a model'), ['target: ${2:column}', 'numeric: [$3]', 'categorical: [$4]'], taken)];
    case 'stages':
      return Object.entries(projectSchema().stages).map(([kind, { description, required = [] }]) => {
        const lines = required.filter((key) => key !== 'uses').map((key, index) => `${key}: ${slot(index + 2, likely(key, caret.tree))}`);
        return template(kind, description ?? '', kind === 'run' ? lines : [`uses: ${kind}`, ...lines], taken);
      });
    default:
      return [];
  }
}

function template(name: string, description: string, lines: readonly string[], taken: ReadonlySet<string>): Proposal {
  let free = name;
  for (let number = 2; taken.has(free); number++) free = `${name}_${String(number)}`;
  const body = lines.map((line) => `\n  ${line}`).join('');
  return { label: free, kind: CompletionItemKind.Snippet, detail: t('template'), description, snippet: `\${1:${free}}:${body}$0` };
}

function slot(number: number, text: string | undefined): string {
  return text === undefined ? `$${String(number)}` : `\${${String(number)}:${escapeSnippet(text)}}`;
}

/** What most probably belongs to a key of a new stage. */
function likely(key: string, tree: TreeNode | undefined): string | undefined {
  switch (key) {
    case 'dataset':
      return keysOf(tree, 'datasets')[0];
    case 'features':
      return keysOf(tree, 'features')[0];
    case 'model':
      return stagesWithModel(tree)[0];
    case 'name':
      return textIn(tree, ['name']);
    case 'output':
      return 'predictions.parquet';
    case 'run':
      return 'python script.py';
    default:
      return undefined;
  }
}
