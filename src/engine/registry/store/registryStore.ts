/** The interface of every place that holds registered models; asynchronous like the store of runs. */
import type { ModelVersion, RegisteredModel } from '../../../protocol/model.ts';
import type { Page, PageQuestion, Question } from '../../tracking/store/pages.ts';

export interface VersionQuery extends PageQuestion {
  /** The registered model's name; default: all. */
  readonly model?: string;
  /** Only versions that one of these runs made. */
  readonly runIds?: readonly string[];
  /** Only versions that carry all of these tags. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Prompts, which MLflow keeps in the same tables, and deleted versions are never among the answers. Every answer may be CancelledError. */
export interface RegistryReader extends AsyncDisposable {
  /** By name. */
  models(question?: PageQuestion): Promise<Page<RegisteredModel>>;
  model(name: string, question?: Question): Promise<RegisteredModel | undefined>;
  /** By the model's name, then the newest first. */
  versions(query?: VersionQuery): Promise<Page<ModelVersion>>;
  version(name: string, version: number, question?: Question): Promise<ModelVersion | undefined>;
  /** The version an alias points to. */
  alias(name: string, alias: string, question?: Question): Promise<ModelVersion | undefined>;
  /** As that of a `TrackingReader`. */
  revision?(): Promise<number>;
}

export interface NewModelVersion {
  readonly model: string;
  /** Where the model folder lies, as a writer of runs returned it. */
  readonly source: string;
  readonly runId: string | undefined;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/**
 * Each call is whole or nothing.
 * @throws AppError from every method: `registry.modelNotFound` or `registry.versionNotFound`, and the store's own failures
 * (`tracking.busy`, `tracking.readOnly`, `files.diskFull`, `files.notWritable`, `tracking.damaged`)
 */
export interface RegistryWriter extends AsyncDisposable {
  /** Creates the registered model where it is missing. @throws AppError `registry.badName` */
  createVersion(version: NewModelVersion): Promise<ModelVersion>;
  /** @throws AppError `registry.badAlias` */
  setAlias(model: string, alias: string, version: number): Promise<void>;
  /** An alias that is not there is no error. */
  deleteAlias(model: string, alias: string): Promise<void>;
  /** @throws AppError `tracking.badName` */
  setVersionTag(model: string, version: number, key: string, value: string): Promise<void>;
  deleteVersionTag(model: string, version: number, key: string): Promise<void>;
  /** Its number is never used again; aliases that pointed to it are gone. */
  deleteVersion(model: string, version: number): Promise<void>;
  /** Brings a deleted version back as it was, with its aliases (the undo of {@link RegistryWriter.deleteVersion}). */
  restoreVersion(version: ModelVersion): Promise<void>;
}
