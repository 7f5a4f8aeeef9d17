/** Code lenses above the stages of a project file: run it, run from here, and what it measured last. */
import * as vscode from 'vscode';
import { formatFigure } from '../../base/format.ts';
import { documentFilters, documentFormats } from '../../protocol/tables/documentFormats.ts';
import type { StageSummary } from '../../protocol/pipeline.ts';
import { checkWords, stateWords } from '../../protocol/words/stageWords.ts';
import { commandOf, readSetting, settingChanged } from '../host/contributed.ts';
import type { ProjectStore } from '../engine/projectStore.ts';
import { findKeyLines, findStageLine } from './stageLines.ts';

export function registerProjectLenses(store: ProjectStore): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    store.onDidChange(() => {
      changed.fire();
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (settingChanged(event, 'codeLens.enabled')) changed.fire();
    }),
    vscode.languages.registerCodeLensProvider(documentFilters([documentFormats.projectFile]), {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: async (document) => lensesOf(document, store),
    }),
  );
}

async function lensesOf(document: vscode.TextDocument, store: ProjectStore): Promise<vscode.CodeLens[]> {
  if (!readSetting('codeLens.enabled', document.uri)) return [];
  await store.states();
  const root = store.rootOf(document.uri.fsPath);
  const pipeline = root === undefined ? undefined : store.pipelineOf(root);
  if (root === undefined || pipeline === undefined) return [];
  const keys = findKeyLines(document.getText().split(/\r?\n/));
  return pipeline.stages.flatMap((stage) => {
    const line = findStageLine(keys, stage.name, stage.at.line - 1);
    return line === undefined ? [] : stageLenses(root, stage, line);
  });
}

function stageLenses(root: string, stage: StageSummary, line: number): vscode.CodeLens[] {
  const range = new vscode.Range(line, 0, line, 0);
  const reference = { root, stage: stage.name };
  const run = commandOf('millwright.stage.run', `$(play) ${vscode.l10n.t('Run Stage')}`, reference);
  const from = commandOf('millwright.stage.runFrom', vscode.l10n.t('Run from Here'), reference);
  const lenses = vscode.workspace.isTrusted ? [run, from] : [];
  return [...lenses, lastLens(root, stage)].map((command) => new vscode.CodeLens(range, command));
}

function lastLens(root: string, stage: StageSummary): vscode.Command {
  const { metric, runId, check } = stage;
  const item = { type: 'stage', root, stage } as const;
  if (check !== undefined) return commandOf('millwright.validation.open', vscode.l10n.t('Last check: {0}', checkWords(check)), item);
  if (metric === undefined) return commandOf('millwright.project.open', capitalized(stateWords(stage.state)), item);
  const title = vscode.l10n.t('Last {0} {1}', metric.name, formatFigure(metric.value));
  return runId === undefined ? commandOf('millwright.project.open', title, item) : commandOf('millwright.report.open', title, item);
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
