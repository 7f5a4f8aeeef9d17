/** The interface of every place that holds registered models. */
import type { ModelVersion, RegisteredModel } from '../../protocol/model.ts';

export interface RegistryReader extends Disposable {
  models(): readonly RegisteredModel[];
  model(name: string): RegisteredModel | undefined;
  version(name: string, version: number): ModelVersion | undefined;
  /** The version an alias points to. */
  alias(name: string, alias: string): ModelVersion | undefined;
}

export interface NewModelVersion {
  readonly model: string;
  readonly source: string;
  readonly runId: string | undefined;
  readonly description: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
}

export interface RegistryWriter extends Disposable {
  /** Creates the registered model where it is missing. */
  createVersion(version: NewModelVersion): ModelVersion;
  setAlias(model: string, alias: string, version: number): void;
  deleteAlias(model: string, alias: string): void;
  setVersionTag(model: string, version: number, key: string, value: string): void;
  deleteVersion(model: string, version: number): void;
}
