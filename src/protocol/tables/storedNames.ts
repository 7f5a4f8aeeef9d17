/** Names under which things lie in a project's folder and on runs and versions in its store: what files and stores out there already hold. */

export const projectFileName = 'millwright.yaml';
export const lockFileName = 'millwright.lock';
/** MLflow's own names, which it would make in the same folder. */
export const databaseName = 'mlflow.db';
/** The store of a project whose file names none, relative to its folder. */
export const defaultStoreUri = `sqlite:///${databaseName}`;
export const artifactsFolder = 'mlruns';

export const stageTag = 'millwright.stage';
export const jobTag = 'millwright.job';
export const projectTag = 'millwright.project';
export const keyTag = 'millwright.key';
export const settingsTag = 'millwright.settings';
export const headlineTag = 'millwright.headline';
export const failureTag = 'millwright.failure';
export const dirtyTag = 'millwright.git.dirty';
export const parityTag = 'millwright.parity_error';
export const refitTag = 'millwright.refit';
export const resumedTag = 'millwright.resumed_from_round';
export const operationTag = 'millwright.operation';
export const digestTag = 'millwright.digest';
export const filesTag = 'millwright.files';

/** Of what a result hangs on, the tables of ours: nobody changes them but a new version of Millwright. */
export const ownTables = { usualMetrics: 'usual metrics', checks: 'checks' } as const;
export const isOwnTable = (input: string): boolean => Object.values<string>(ownTables).includes(input);
export const replacedTag = 'millwright.replaced.';
export const userTag = 'mlflow.user';
export const sourceTag = 'mlflow.source.name';
export const sourceTypeTag = 'mlflow.source.type';
export const commitTag = 'mlflow.source.git.commit';
export const branchTag = 'mlflow.source.git.branch';
export const parentTag = 'mlflow.parentRunId';
export const nameTag = 'mlflow.runName';
export const noteTag = 'mlflow.note.content';
export const modelHistoryTag = 'mlflow.log-model.history';

/** What each tag says of a run or of a version of a model: the table of docs/tracking.md. */
export const storedTags: readonly { readonly name: string; readonly on: 'run' | 'version' | 'run, version'; readonly meaning: string }[] = [
  { name: stageTag, on: 'run', meaning: 'the stage that made it' },
  { name: jobTag, on: 'run', meaning: 'the job that it belongs to' },
  { name: projectTag, on: 'run', meaning: 'the project that made it, by its name' },
  { name: keyTag, on: 'run', meaning: 'the key of the stage that made it' },
  { name: settingsTag, on: 'run', meaning: 'settings and digests of data, by which runs are compared' },
  { name: headlineTag, on: 'run', meaning: 'the metric that the evaluation judged by' },
  { name: failureTag, on: 'run', meaning: 'why it failed, as JSON' },
  { name: dirtyTag, on: 'run', meaning: 'whether files under version control differed from the commit' },
  { name: parityTag, on: 'run', meaning: 'the largest difference between trainer and exported model' },
  { name: refitTag, on: 'run', meaning: 'on what the model was trained after the folds' },
  { name: resumedTag, on: 'run', meaning: 'the rounds that were taken from a training that was killed' },
  { name: operationTag, on: 'run, version', meaning: 'the change that made it, by which its undo finds it' },
  { name: digestTag, on: 'run, version', meaning: 'the digest of the graph, with the weights that it keeps beside it' },
  { name: filesTag, on: 'version', meaning: 'the digest of all its files; versions of before it have none' },
  { name: replacedTag, on: 'version', meaning: 'followed by an alias: the version that the alias named before' },
  { name: userTag, on: 'run', meaning: 'who started it' },
  { name: sourceTag, on: 'run', meaning: 'the command' },
  { name: sourceTypeTag, on: 'run', meaning: '`LOCAL`' },
  { name: commitTag, on: 'run', meaning: 'the commit of the project' },
  { name: branchTag, on: 'run', meaning: 'its branch' },
  { name: parentTag, on: 'run', meaning: 'the run that it is nested in' },
  { name: nameTag, on: 'run', meaning: 'its name' },
  { name: noteTag, on: 'run', meaning: 'your note, where MLflow keeps the description' },
  { name: modelHistoryTag, on: 'run', meaning: 'the models it logged, as MLflow up to version 2 lists them' },
];
