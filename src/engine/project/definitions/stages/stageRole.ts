/** What a stage is to the others of its pipeline: order, checks and views ask this, and no kind. */

/** A path, with where it stands below the stage. */
export interface PlacedPath {
  readonly path: string;
  readonly at: readonly (string | number)[];
}

export interface StageRole {
  /** The data set that it reads. */
  readonly dataset?: string | undefined;
  /** The data set whose other readers wait for its verdict. */
  readonly checks?: string | undefined;
  /** The model that it uses: a stage that makes one, or a registered one. */
  readonly model?: string | undefined;
  /** The model that it passes a verdict on. */
  readonly judges?: string | undefined;
  /** The model whose verdicts it waits for, and heeds. */
  readonly heeds?: string | undefined;
  /** Models that it compares with, and words such as `majority`. */
  readonly compares?: readonly { readonly model: string; readonly at: PlacedPath['at'] }[];
  /** The registered model that it makes a version of, and the alias that it moves, also to a model that is no better. */
  readonly registers?: { readonly name: string; readonly alias: string | undefined; readonly allowWorse: boolean };
  /** The file of the model that it makes, where the project file names it: written, too. */
  readonly modelFile?: PlacedPath;
  /** Files and folders that it reads besides its data set. */
  readonly reads?: readonly PlacedPath[];
  /** Files and folders that it writes. */
  readonly writes?: readonly PlacedPath[];
  /** Commands of the user's that it runs: what else they read or do is not known. */
  readonly commands?: readonly string[];
  /** What it does, in a few words. Default: what it `uses`. */
  readonly detail?: string;
}
