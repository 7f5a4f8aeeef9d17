/** Writes registered models into MLflow's own database, as MLflow 2.22 and newer would. */
import type { ModelVersion } from '../../../protocol/model.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { DatabaseWriter, type Transaction } from '../../tracking/sqlite/databaseWriter.ts';
import { fitted, limits, requireKey } from '../../tracking/store/entryLimits.ts';
import { asNumber, asText } from '../../tracking/sqlite/mlflowDatabase.ts';
import { relocateArtifacts } from '../../tracking/sqlite/locationsWriter.ts';
import { requireAlias, requireModelName } from '../store/registryNames.ts';
import type { NewModelVersion, RegistryWriter } from '../store/registryStore.ts';
import { inWorkspace, requireWorkspace } from '../../tracking/sqlite/workspace.ts';
import { deletedStage, noStage } from './findVersions.ts';

export class SqliteRegistryWriter implements RegistryWriter {
  readonly #database: DatabaseWriter;

  constructor(path: string) {
    this.#database = new DatabaseWriter(path);
  }

  async createVersion(version: NewModelVersion): Promise<ModelVersion> {
    requireModelName(version.model);
    for (const key of Object.keys(version.tags)) requireKey(key, 'tag');
    return this.#database.change((transaction) => {
      relocateArtifacts(transaction);
      const { model: name, createdAt } = version;
      requireWorkspace(transaction);
      const [inModels, inVersions] = [workspaceOf(transaction, 'registered_models'), workspaceOf(transaction, 'model_versions')];
      if (transaction.get(`SELECT 1 FROM registered_models WHERE name = ? ${inModels}`, name) === undefined) {
        transaction.insert('registered_models', { name, creation_time: createdAt, last_updated_time: createdAt });
      }
      // Deleted versions count: a number is never used twice.
      const last = transaction.get(`SELECT max(version) AS last FROM model_versions WHERE name = ? ${inVersions}`, name);
      const number = (asNumber(last?.last) ?? 0) + 1;
      transaction.insert('model_versions', {
        name,
        version: number,
        creation_time: createdAt,
        last_updated_time: createdAt,
        description: version.description ?? null,
        current_stage: noStage,
        source: version.source,
        run_id: version.runId ?? null,
        status: 'READY',
        run_link: null,
        storage_location: version.source,
      });
      const tags = Object.fromEntries(Object.entries(version.tags).map(([key, value]) => [key, fitted(value, limits.registryTagValue)]));
      for (const [key, value] of Object.entries(tags)) transaction.insert('model_version_tags', { key, value, name, version: number });
      touch(transaction, name, createdAt);
      const { description, runId, source } = version;
      const fresh = { status: 'READY', statusMessage: undefined, stage: undefined, aliases: [] } as const;
      return { model: name, version: number, createdAt, description, runId, source, tags, ...fresh };
    });
  }

  async setAlias(model: string, alias: string, version: number): Promise<void> {
    requireAlias(alias);
    await this.#database.change((transaction) => {
      requireVersion(transaction, model, version);
      transaction.insert('registered_model_aliases', { alias, version, name: model }, 'replace');
    });
  }

  async deleteAlias(model: string, alias: string): Promise<void> {
    await this.#database.change((transaction) => {
      requireModel(transaction, model);
      const inWorkspace = workspaceOf(transaction, 'registered_model_aliases');
      transaction.run(`DELETE FROM registered_model_aliases WHERE name = ? AND alias = ? ${inWorkspace}`, model, alias);
    });
  }

  async setVersionTag(model: string, version: number, key: string, value: string): Promise<void> {
    requireKey(key, 'tag');
    await this.#database.change((transaction) => {
      requireVersion(transaction, model, version);
      const stored = fitted(value, limits.registryTagValue);
      transaction.insert('model_version_tags', { key, value: stored, name: model, version }, 'replace');
    });
  }

  async deleteVersionTag(model: string, version: number, key: string): Promise<void> {
    await this.#database.change((transaction) => {
      requireVersion(transaction, model, version);
      const inWorkspace = workspaceOf(transaction, 'model_version_tags');
      transaction.run(`DELETE FROM model_version_tags WHERE name = ? AND version = ? AND "key" = ? ${inWorkspace}`, model, version, key);
    });
  }

  async deleteVersion(model: string, version: number): Promise<void> {
    await this.#database.change((transaction) => {
      requireVersion(transaction, model, version);
      const now = Date.now();
      const inAliases = workspaceOf(transaction, 'registered_model_aliases');
      transaction.run(`DELETE FROM registered_model_aliases WHERE name = ? AND version = ? ${inAliases}`, model, version);
      transaction.run(
        `UPDATE model_versions SET current_stage = ?, last_updated_time = ?, description = NULL, user_id = NULL, status_message = NULL,
           source = 'REDACTED-SOURCE-PATH', run_id = 'REDACTED-RUN-ID', run_link = 'REDACTED-RUN-LINK'
         WHERE name = ? AND version = ? ${workspaceOf(transaction, 'model_versions')}`,
        deletedStage,
        now,
        model,
        version,
      );
      touch(transaction, model, now);
    });
  }

  async restoreVersion(version: ModelVersion): Promise<void> {
    await this.#database.change((transaction) => {
      const changed = transaction.run(
        `UPDATE model_versions SET current_stage = ?, last_updated_time = ?, description = ?, source = ?, storage_location = ?,
           run_id = ?, run_link = NULL
         WHERE name = ? AND version = ? AND current_stage = ? ${workspaceOf(transaction, 'model_versions')}`,
        version.stage ?? noStage,
        Date.now(),
        version.description ?? null,
        version.source,
        version.source,
        version.runId ?? null,
        version.model,
        version.version,
        deletedStage,
      );
      if (changed === 0) throw versionNotFound(version.model, version.version);
      for (const alias of version.aliases) {
        transaction.insert('registered_model_aliases', { alias, version: version.version, name: version.model }, 'nothing');
      }
      touch(transaction, version.model, Date.now());
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }
}

function workspaceOf({ tables }: Transaction, table: string): string {
  return inWorkspace(tables, table);
}

function touch(transaction: Transaction, model: string, now: number): void {
  const inWorkspace = workspaceOf(transaction, 'registered_models');
  transaction.run(`UPDATE registered_models SET last_updated_time = ? WHERE name = ? ${inWorkspace}`, now, model);
}

function requireModel(transaction: Transaction, name: string): void {
  const inWorkspace = workspaceOf(transaction, 'registered_models');
  if (transaction.get(`SELECT 1 FROM registered_models WHERE name = ? ${inWorkspace}`, name) !== undefined) return;
  throw new AppError('registry.modelNotFound', t('There is no registered model {name}.', { name }), {
    args: { name },
    remedy: t('"millwright models" lists the models there are.'),
  });
}

function requireVersion(transaction: Transaction, name: string, version: number): void {
  requireModel(transaction, name);
  const inWorkspace = workspaceOf(transaction, 'model_versions');
  const row = transaction.get(`SELECT current_stage FROM model_versions WHERE name = ? AND version = ? ${inWorkspace}`, name, version);
  if (row === undefined || asText(row.current_stage) === deletedStage) throw versionNotFound(name, version);
}

function versionNotFound(name: string, version: number): AppError {
  return new AppError('registry.versionNotFound', t('The model {name} has no version {version}.', { name, version }), {
    args: { name, version },
    remedy: t('"millwright models" lists the versions there are.'),
  });
}
