/** What the views show of every project in the workspace, kept fresh while somebody looks: the last answers of the engine, no truth of its own. */
import * as vscode from 'vscode';
import { isCancelled } from '../../base/abort.ts';
import { toErrorRecord, type ErrorRecord } from '../../base/errors.ts';
import type { ChangedPart, RegistryView } from '../../protocol/contracts/engineContract.ts';
import type { ModelVersion, RegisteredModel } from '../../protocol/model.ts';
import type { Pipeline } from '../../protocol/pipeline.ts';
import type { RunOverview } from '../../protocol/run.ts';
import { setContext, readSetting } from '../host/contributed.ts';
import type { EngineClient } from './engineClient.ts';
import { projectFileName } from '../../protocol/tables/storedNames.ts';

/** An answer, or why there is none. */
export type Answer<T> = { readonly value: T } | { readonly error: ErrorRecord };

export interface ProjectState {
  readonly root: string;
  readonly pipeline: Answer<Pipeline>;
  readonly runs: Answer<readonly RunOverview[]>;
  readonly models: Answer<RegistryView>;
}

const partsOf: Readonly<Record<ChangedPart, readonly (keyof Omit<ProjectState, 'root'>)[]>> = {
  project: ['pipeline'],
  jobs: ['pipeline'],
  tracking: ['pipeline', 'runs', 'models'],
};

export class ProjectStore implements vscode.Disposable {
  readonly #engine: EngineClient;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscriptions: { dispose: () => unknown }[] = [this.#changed];
  #states: readonly ProjectState[] = [];
  #loading: Promise<void> | undefined;
  #failure: ErrorRecord | undefined;
  #revision = 0;
  #isLoaded = false;

  /** The states were replaced. */
  readonly onDidChange = this.#changed.event;

  constructor(engine: EngineClient) {
    this.#engine = engine;
    this.#subscriptions.push(
      engine.onDidChange(({ root, parts }) => void this.#refreshParts(root, parts)),
      engine.onDidEnd(() => void this.reload()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => void this.reload()),
    );
    const files = vscode.workspace.createFileSystemWatcher(`**/${projectFileName}`, false, true, false);
    this.#subscriptions.push(
      files,
      files.onDidCreate(() => void this.reload()),
      files.onDidDelete(() => void this.reload()),
    );
  }

  /** The projects as last seen; looks for them at the first call. */
  async states(): Promise<readonly ProjectState[]> {
    this.#loading ??= this.#tryLoad();
    await this.#loading;
    return this.#states;
  }

  /** Why the projects could not be looked for. */
  get failure(): ErrorRecord | undefined {
    return this.#failure;
  }

  /** The projects as last seen, without waiting. */
  get current(): readonly ProjectState[] {
    return this.#states;
  }

  pipelineOf(root: string): Pipeline | undefined {
    const state = this.#states.find((candidate) => candidate.root === root);
    return state !== undefined && 'value' in state.pipeline ? state.pipeline.value : undefined;
  }

  modelsOf(root: string): readonly RegisteredModel[] | undefined {
    const state = this.#states.find((candidate) => candidate.root === root);
    return state !== undefined && 'value' in state.models ? state.models.value.models : undefined;
  }

  /** Whether the projects have been looked for: until then nobody knows what there is. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** The run that a version came from: of one among those that are listed it is known what was changed for it. */
  runOf(root: string, { runId }: Pick<ModelVersion, 'runId'>): RunOverview | undefined {
    const state = this.#states.find((candidate) => candidate.root === root);
    const known = [
      ...(state !== undefined && 'value' in state.runs ? state.runs.value : []),
      ...(state !== undefined && 'value' in state.models ? state.models.value.runs : []),
    ];
    return known.find(({ id }) => id === runId);
  }

  /** The project whose folder holds the file: the innermost one. */
  rootOf(file: string): string | undefined {
    return this.#states
      .map(({ root }) => root)
      .filter((root) => file === root || file.startsWith(`${root}/`) || file.startsWith(`${root}\\`))
      .sort((a, b) => b.length - a.length)[0];
  }

  /** Looks for projects again and asks for everything anew. */
  async reload(): Promise<void> {
    this.#loading = this.#tryLoad();
    await this.#loading;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  async #tryLoad(): Promise<void> {
    try {
      await this.#load();
    } catch (error) {
      this.#failure = toErrorRecord(error);
      this.#changed.fire();
    }
  }

  async #load(): Promise<void> {
    const revision = ++this.#revision;
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
    const roots = folders.length === 0 ? [] : await this.#engine.calls.projects({ folders });
    const states = await Promise.all(roots.map(async (root) => this.#loadProject(root)));
    if (revision !== this.#revision) return; // a newer search is under way
    this.#failure = undefined;
    this.#isLoaded = true;
    this.#replace(states);
    await this.#watch();
  }

  async #loadProject(root: string): Promise<ProjectState> {
    const [pipeline, runs, models] = await Promise.all([this.#pipeline(root), this.#runs(root), this.#models(root)]);
    return { root, pipeline, runs, models };
  }

  async #refreshParts(root: string, parts: readonly ChangedPart[]): Promise<void> {
    const wanted = new Set(parts.flatMap((part) => partsOf[part]));
    const [pipeline, runs, models] = await Promise.all([
      wanted.has('pipeline') ? this.#pipeline(root) : undefined,
      wanted.has('runs') ? this.#runs(root) : undefined,
      wanted.has('models') ? this.#models(root) : undefined,
    ]);
    this.#replace(
      this.#states.map((state) =>
        state.root === root
          ? { root, pipeline: pipeline ?? state.pipeline, runs: runs ?? state.runs, models: models ?? state.models }
          : state,
      ),
    );
  }

  #replace(states: readonly ProjectState[]): void {
    this.#states = states;
    setContext('millwright.project.searched', this.#isLoaded);
    setContext('millwright.project.present', states.length > 0);
    // An answer that cannot be had is not an empty one.
    setContext('millwright.run.none', this.#isLoaded && states.every(({ runs }) => 'value' in runs && runs.value.length === 0));
    setContext(
      'millwright.model.none',
      this.#isLoaded && states.every(({ models }) => 'value' in models && models.value.models.length === 0),
    );
    setContext(
      'millwright.job.running',
      states.some(({ pipeline }) => 'value' in pipeline && pipeline.value.jobs.some(({ state }) => state === 'running')),
    );
    this.#changed.fire();
  }

  async #watch(): Promise<void> {
    await this.#engine.calls.watch({ roots: this.#states.map(({ root }) => root) });
  }

  #pipeline(root: string): Promise<Answer<Pipeline>> {
    return answer(this.#engine.calls.pipeline({ root }));
  }

  #runs(root: string): Promise<Answer<readonly RunOverview[]>> {
    return answer(this.#engine.calls.runs({ root, limit: readSetting('experiments.limit', vscode.Uri.file(root)) }));
  }

  #models(root: string): Promise<Answer<RegistryView>> {
    return answer(this.#engine.calls.models({ root }));
  }
}

/** A failure as a value, so that one broken project does not blank a view. */
async function answer<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await asked };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { error: toErrorRecord(error) };
  }
}
