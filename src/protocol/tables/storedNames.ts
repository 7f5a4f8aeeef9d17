/** Names under which things lie in a project's folder and on runs and versions in its store: what files and stores out there already hold. */

export const projectFileName = 'millwright.yaml';
export const lockFileName = 'millwright.lock';
/** MLflow's own names, which it would make in the same folder. */
export const databaseName = 'mlflow.db';
/** The store of a project whose file names none, relative to its folder. */
export const defaultStoreUri = `sqlite:///${databaseName}`;
export const artifactsFolder = 'mlruns';

/** The stage that made a run. */
export const stageTag = 'millwright.stage';
/** The job that a run belongs to. */
export const jobTag = 'millwright.job';
/** The project that made a run, by its name. */
export const projectTag = 'millwright.project';
/** The key of the stage that made a run. */
export const keyTag = 'millwright.key';
/** The tag by which the undo of a change finds what the change made. */
export const operationTag = 'millwright.operation';
/** The metric that an evaluation of the run judged by. */
export const headlineTag = 'millwright.headline';
/** The user's note, where MLflow keeps a run's description. */
export const noteTag = 'mlflow.note.content';
/** MLflow's list of the models a run logged, up to version 2. */
export const modelHistoryTag = 'mlflow.log-model.history';
/** The tag of a model version that holds the digest of its graph, with the weights that it keeps beside it. */
export const digestTag = 'millwright.digest';
/** The tag of a model version that holds the digest of all its files; versions of before it have none. */
export const filesTag = 'millwright.files';
