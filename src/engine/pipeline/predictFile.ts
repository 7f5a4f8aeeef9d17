/** Predictions for a data file that the project file does not name: a run of one stage made for the occasion. */
import { basename, relative, resolve } from 'node:path';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { PipelineResult } from '../../protocol/pipeline.ts';
import { nearestName } from '../project/text/nearestName.ts';
import type { DatasetSpec } from '../project/definitions/dataset.ts';
import type { Project } from '../project/definitions/project.ts';
import type { PredictStage } from '../project/definitions/stages/predictStage.ts';
import { rejectsBeside } from '../inference/prediction/rejectsFile.ts';
import { requireNamed, usableModels } from './models/namedModels.ts';
import { requireUnread } from './records/protectedFiles.ts';
import { runPipeline, type RunPipelineContext, type RunPipelineOptions } from './runPipeline.ts';

export interface FilePrediction {
  /** `name@alias`, `name/version` or a train stage. */
  readonly model: string;
  /** Absolute path of the data, anywhere. */
  readonly data: string;
  /** Absolute path of the file to write, inside the project. */
  readonly output: string;
  /** The columns that a model of another tool takes in one tensor, in its order. */
  readonly inputs?: readonly string[] | undefined;
  readonly keep?: readonly string[] | undefined;
  /** Absolute path for rows that cannot be predicted. */
  readonly rejects?: string | undefined;
  /** The project's data set whose columns and reading options the file shares. */
  readonly like?: string | undefined;
}

type RunOptions = Omit<RunPipelineOptions, 'stages' | 'downstream' | 'unrecorded'>;

/**
 * Runs the prediction as a job of this process. `millwright.lock` stays as it is.
 * @throws AppError `predict.noSuchDataset`, `predict.noSuchModel`, `files.readByProject`, and as {@link runPipeline}
 */
export async function predictFile(
  prediction: FilePrediction,
  options: RunOptions,
  context: RunPipelineContext = {},
): Promise<PipelineResult> {
  const { project } = options;
  const name = t('predict {output}', { output: basename(prediction.output) });
  const dataset = basename(prediction.data);
  const extended: Project = {
    ...project,
    datasets: { ...project.datasets, [dataset]: { ...readLike(project, prediction.like), path: prediction.data } },
    stages: { ...project.stages, [name]: stageFor(project.root, dataset, prediction) },
  };
  await requireNamed(project, prediction.model);
  const { output, rejects = rejectsBeside(output) } = prediction;
  await requireUnread({ ...extended, stages: project.stages }, [output, rejects]);
  return runPipeline({ ...options, project: extended, stages: [name], unrecorded: true }, context);
}

type Essentials = Pick<FilePrediction, 'model' | 'data' | 'output'>;

/**
 * What no prediction can do without, as typed.
 * @throws AppError `predict.incomplete` with a whole command line, in which what was left out is filled in with what there is
 */
export async function requireComplete(
  project: Pick<Project, 'root' | 'stages'>,
  { model, data, output }: { readonly [K in keyof Essentials]?: Essentials[K] | undefined },
): Promise<Essentials> {
  if (model !== undefined && data !== undefined && output !== undefined) return { model, data, output };
  const missing = Object.entries({ model, data, output }).flatMap(([option, value]) => (value === undefined ? [`--${option}`] : []));
  const models = model === undefined ? await usableModels(project) : [model];
  const file = data ?? t('FILE');
  const lines = models.map((each) => `millwright predict --model ${each} --data ${file} --output ${output ?? 'predictions.csv'}`);
  const options = missing.join(t(' and '));
  const message = t('A prediction needs a model, rows and a file to write. Left out: {options}.', { options });
  throw new AppError('predict.incomplete', message, {
    kind: 'usage',
    args: { options },
    remedy:
      lines.length === 0
        ? t('The project has no model yet: "millwright run" trains what millwright.yaml describes.')
        : t('For example: {lines}', { lines: lines.join(t(' or ')) }),
  });
}

function stageFor(root: string, dataset: string, { model, output, inputs, keep, rejects }: FilePrediction): PredictStage {
  const inProject = (path: string): string => relative(root, resolve(path));
  return {
    uses: 'predict',
    model,
    dataset,
    output: inProject(output),
    ...(inputs === undefined ? {} : { inputs: [...inputs] }),
    ...(keep === undefined ? {} : { keep: [...keep] }),
    ...(rejects === undefined ? {} : { rejects: inProject(rejects) }),
  };
}

/** What is known of the file's columns: the declarations of the data set that it is like, without its window and condition. */
function readLike(project: Project, like: string | undefined): DatasetSpec {
  const columns: DatasetSpec = {};
  for (let name = like; name !== undefined;) {
    const spec = project.datasets[name];
    if (spec === undefined) throw noSuchDataset(project, name);
    const { columns: declared, read, time } = spec;
    Object.assign(
      columns,
      { columns: { ...declared, ...columns.columns } },
      read === undefined ? {} : { read },
      time === undefined ? {} : { time },
    );
    name = spec.from;
  }
  return columns;
}

function noSuchDataset(project: Project, name: string): AppError {
  const names = Object.keys(project.datasets);
  const nearest = nearestName(name, names);
  return new AppError('predict.noSuchDataset', t('The project has no data set {name}.', { name }), {
    kind: 'usage',
    args: { name },
    remedy: nearest === undefined ? t('It has: {names}.', { names: names.join(', ') }) : t('Did you mean "{nearest}"?', { nearest }),
  });
}
