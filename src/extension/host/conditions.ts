/** What conditions of menus, views and commands may be made of: a name that nothing sets does not compile. */

/** Values that the extension tells the editor for its conditions. */
export const contextKeys = [
  /** The workspace holds a project. */
  'millwright.project.present',
  /** The projects have been looked for. */
  'millwright.project.searched',
  /** A project has a run. */
  'millwright.run.present',
  /** The projects have no run. */
  'millwright.run.none',
  /** A model has a version in use. */
  'millwright.champion.present',
  /** The projects have no registered model. */
  'millwright.model.none',
  /** A job runs in one of the projects. */
  'millwright.job.running',
  /** An evaluation report was shown. */
  'millwright.report.read',
  /** A page that shows a report is in front. */
  'millwright.report.active',
] as const;
export type ContextKey = (typeof contextKeys)[number];

export type ViewName = 'pipelines' | 'experiments' | 'models';

/** What the items of the views are, as their menus tell them apart. */
export type ItemKind =
  | 'project.idle'
  | 'project.running'
  | 'job.running'
  | 'stage'
  | 'stage.evaluated'
  | 'stage.checked'
  | 'experiment'
  | 'run'
  | 'run.nested'
  | 'run.evaluated'
  | 'figures'
  | 'figure'
  | 'model'
  | 'version'
  | 'version.evaluated'
  | 'alias'
  | 'problem';

type NounOf<Kind> = Kind extends `${infer Noun}.${string}` ? Noun : Kind;
type StateOf<Kind> = Kind extends `${string}.${infer State}` ? State : never;
type Noun = NounOf<ItemKind>;
type State = StateOf<ItemKind>;

type Key = ContextKey | 'isWorkspaceTrusted';

type Term =
  | Key
  | `!${Key}`
  | `workbenchState ${'==' | '!='} empty`
  | `view == millwright.${ViewName}`
  | 'view =~ /^millwright\\./'
  | `viewItem == ${ItemKind}`
  | `viewItem =~ /^${Noun}/`
  | `viewItem =~ /^(${Noun}|${Noun})/`
  | `viewItem =~ /^(${Noun}|${Noun})\\.${State}$/`
  | 'resourceScheme == file'
  | `resourceFilename == ${string}`
  | `resourceFilename =~ /${string}/i`;

/** Terms that must all hold. */
export type Condition = readonly Term[];

/** What belongs to one of our views. */
export function inView<Name extends ViewName>(view: Name): `view == millwright.${Name}` {
  return `view == millwright.${view}`;
}
