/** Which of a store's workspaces is ours: one rule for runs, models and writing. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Row, Tables } from './mlflowDatabase.ts';

/** Since 2026 MLflow's names are unique per workspace only; what was stored before is in this one. */
const defaultWorkspace = 'default';

/** As MLflow resolves it for a program that sets none: `MLFLOW_WORKSPACE`, else the default one. */
function activeWorkspace(): string {
  const named = process.env.MLFLOW_WORKSPACE?.trim() ?? '';
  return named === '' ? defaultWorkspace : named;
}

/**
 * The condition that keeps to our workspace, for the end of a WHERE; empty for tables of an MLflow that knows no workspaces.
 * @param alias the name of the table in the query
 */
export function inWorkspace(tables: Tables, table: string, alias = table): string {
  return tables.get(table)?.has('workspace') === true
    ? `AND coalesce(${alias}.workspace, '${defaultWorkspace}') = ${quoted(activeWorkspace())}`
    : '';
}

/** Nothing where the table has no workspaces, else ours as a further column of a new row. */
export function workspaceColumn(tables: Tables, table: string): Readonly<Record<string, string>> {
  return tables.get(table)?.has('workspace') === true ? { workspace: activeWorkspace() } : {};
}

/** The folders below `mlruns` in which MLflow keeps the artifacts of our workspace; of the default one there are none more. */
export function workspaceFolders(tables: Tables): readonly string[] {
  const name = activeWorkspace();
  return name === defaultWorkspace || !tables.has('workspaces') ? [] : ['workspaces', name];
}

/** @throws AppError `tracking.noWorkspace` where MLflow's list of workspaces lacks ours */
export function requireWorkspace(transaction: {
  readonly tables: Tables;
  readonly get: (sql: string, ...values: readonly string[]) => Row | undefined;
}): void {
  const name = activeWorkspace();
  if (name === defaultWorkspace || !transaction.tables.has('workspaces')) return;
  if (transaction.get('SELECT 1 FROM workspaces WHERE name = ?', name) !== undefined) return;
  throw new AppError('tracking.noWorkspace', t('MLFLOW_WORKSPACE names the workspace {name}, which this store does not have.', { name }), {
    kind: 'environment',
    args: { name },
    remedy: t('Create it with mlflow.create_workspace(name="{name}"), or unset MLFLOW_WORKSPACE.', { name }),
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
