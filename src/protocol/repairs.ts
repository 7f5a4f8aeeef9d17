/** What repairs a failure at the press of a button, by its code: the one table for messages, pages and rows. Pure. */
import type { Json } from '../base/canonicalJson.ts';
import type { ErrorRecord } from '../base/errors.ts';
import { t } from '../base/localize.ts';
import { fileFormats, formatByName } from './tables/fileFormats.ts';
import { defaultTrainer } from './tables/trainers.ts';

/** A change of the project file. Paths lead from its root. */
export type ProjectEdit =
  | { readonly kind: 'set'; readonly path: readonly string[]; readonly value: Json }
  /** To a list, which is made where it is missing. */
  | { readonly kind: 'append'; readonly path: readonly string[]; readonly value: Json }
  /** Takes a text for a missing value, wherever the file of the data set is described. */
  | { readonly kind: 'nullValue'; readonly dataset: string; readonly value: Json };

/** A replacement in a text: from `start` to before `end`, in UTF-16 units. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export type RepairAction =
  | { readonly kind: 'checkReport' | 'runStage' | 'showStage'; readonly stage: string }
  | { readonly kind: 'evaluationReport'; readonly stage: string; readonly runId: string | undefined }
  /** `value` is looked for from the line on, where the place of a row is only nearly known. */
  | { readonly kind: 'openLine'; readonly file: string; readonly line: number; readonly value?: string }
  | { readonly kind: 'edit'; readonly edit: ProjectEdit }
  /** Writes the path of a file that the user chooses. */
  | { readonly kind: 'chooseFile'; readonly path: readonly string[] }
  | { readonly kind: 'environment' }
  | { readonly kind: 'stopJob'; readonly job: string }
  /** Puts the command into a terminal; the user starts it. */
  | { readonly kind: 'install'; readonly command: string }
  | { readonly kind: 'doctor' | 'trust' | 'runtime' | 'restart' | 'train' };

export interface Repair {
  /** What the button says. */
  readonly title: string;
  readonly action: RepairAction;
}

type Args = Readonly<Record<string, string>>;

/** The repair of a failure; undefined where no button can help. */
export function repairOf(error: ErrorRecord): Repair | undefined {
  const args = Object.fromEntries(Object.entries(error.args ?? {}).map(([name, value]) => [name, String(value)]));
  const own = Object.hasOwn(table, error.code) ? table[error.code]?.(args) : undefined;
  if (own !== undefined) return own;
  if (error.code.startsWith('engine.')) return { title: t('Restart'), action: { kind: 'restart' } };
  return placeOf(error) ?? stageOf(args);
}

/** Whether the same might go well another time: the machine, a server or another job stood in the way, not the user's files. */
export function mayGoWellAgain({ kind, code }: Pick<ErrorRecord, 'kind' | 'code'>): boolean {
  return kind === 'environment' || kind === 'busy' || kind === 'internal' || code === 'pipeline.inputChanged';
}

const table: Readonly<Record<string, (args: Args) => Repair | undefined>> = {
  'pipeline.checkFailed': ({ stage }) => onStage('checkReport', t('Open Report'), stage),
  'pipeline.gateFailed': evaluationReport,
  'pipeline.leakageFound': evaluationReport,
  'pipeline.modelMissing': ({ stage }) => onStage('runStage', t('Run {stage}', { stage: stage ?? '' }), stage),
  'pipeline.stageNotStarted': () => ({ title: t('Check This Machine'), action: { kind: 'doctor' } }),
  'pipeline.pythonMissing': () => ({ title: t('Choose Python…'), action: { kind: 'chooseFile', path: ['python'] } }),
  'pipeline.packageMissing': ({ module = '', command }) =>
    command === undefined ? undefined : { title: t('Install {module}…', { module }), action: { kind: 'install', command } },
  'dataset.fileMissing': ({ key }) => chooseFile(key),
  'dataset.noMatch': ({ key }) => chooseFile(key),
  'dataset.notAFile': ({ key }) => chooseFile(key),
  'dataset.encoding': ({ key }) => encoding(key),
  'dataset.wrongType': wrongType,
  'dataset.integerTooLarge': ({ key = '' }) => ({
    title: t('Declare It a Category'),
    action: { kind: 'edit', edit: { kind: 'set', path: key.split('.'), value: 'category' } },
  }),
  'training.sharedRows': ({ stage }) => onProject(t('Warn Instead of Stopping'), stage, ['leakage', 'severity', 'shared_rows'], 'warn'),
  'training.timeOrder': ({ stage }) => onProject(t('Split by Time'), stage, ['validation', 'split'], 'time'),
  'training.missingValues': otherTrainer,
  'training.trainerTask': otherTrainer,
  'project.environmentUnknown': () => ({ title: t('Choose Environment…'), action: { kind: 'environment' } }),
  'project.busy': ({ job = '' }) => (job === '' ? undefined : { title: t('Stop That Job'), action: { kind: 'stopJob', job } }),
  'project.missing': () => ({ title: t('Train a Model from a Data File…'), action: { kind: 'train' } }),
  'workspace.notTrusted': () => ({ title: t('Manage Trust'), action: { kind: 'trust' } }),
  'runtime.missing': () => ({ title: t('Open Settings'), action: { kind: 'runtime' } }),
};

/** Texts that stand for nothing, as other programs write them. */
const markers = /^(na|n\/a|n\.a\.|nan|null|none|nil|missing|unknown|\?|-|--|\.|#n\/a)$/i;

/** A marker of a missing value is taken for one; any other value is shown where it stands. */
function wrongType({ key = '', value = '', file, row }: Args): Repair | undefined {
  const [, dataset] = key.split('.');
  if (dataset !== undefined && markers.test(value.trim())) {
    const edit: ProjectEdit = { kind: 'nullValue', dataset, value };
    return { title: t('Take {value} for Missing', { value }), action: { kind: 'edit', edit } };
  }
  if (file === undefined || row === undefined || !isShownAsText(file)) return undefined;
  return { title: t('Open Row {row}', { row }), action: { kind: 'openLine', file, line: Number(row) + 1, value } };
}

function isShownAsText(file: string): boolean {
  const named = formatByName(file);
  return named !== undefined && fileFormats[named.format].isText && !named.gzip;
}

function chooseFile(key: string | undefined): Repair | undefined {
  const path = key?.split('.') ?? [];
  if (path[0] !== 'datasets' || path.length < 2) return undefined;
  return { title: t('Choose File…'), action: { kind: 'chooseFile', path: ['datasets', path[1] ?? '', 'path'] } };
}

function encoding(key: string | undefined): Repair | undefined {
  const [section, dataset = ''] = key?.split('.') ?? [];
  if (section !== 'datasets') return undefined;
  const edit: ProjectEdit = { kind: 'set', path: ['datasets', dataset, 'read', 'encoding'], value: 'latin-1' };
  return { title: t('Read as latin-1'), action: { kind: 'edit', edit } };
}

function evaluationReport({ stage, runId }: Args): Repair | undefined {
  return stage === undefined ? undefined : { title: t('Open Report'), action: { kind: 'evaluationReport', stage, runId } };
}

/** The default takes missing values, and any target. */
function otherTrainer({ stage }: Args): Repair | undefined {
  return onProject(t('Use the Trainer {trainer}', { trainer: defaultTrainer }), stage, ['trainer'], defaultTrainer);
}

function onStage(kind: 'checkReport' | 'runStage', title: string, stage: string | undefined): Repair | undefined {
  return stage === undefined ? undefined : { title, action: { kind, stage } };
}

function onProject(title: string, stage: string | undefined, keys: readonly string[], value: Json): Repair | undefined {
  if (stage === undefined) return undefined;
  return { title, action: { kind: 'edit', edit: { kind: 'set', path: ['stages', stage, ...keys], value } } };
}

function placeOf({ at }: ErrorRecord): Repair | undefined {
  if (at === undefined) return undefined;
  const isProject = /\.ya?ml$/.test(at.file);
  const title = isProject ? t('Open millwright.yaml') : t('Open Line {line}', { line: at.line });
  return { title, action: { kind: 'openLine', file: at.file, line: at.line } };
}

/** What else a stage fails by is repaired in its lines of the project file. */
function stageOf({ stage }: Args): Repair | undefined {
  return stage === undefined ? undefined : { title: t('Show the Stage'), action: { kind: 'showStage', stage } };
}
