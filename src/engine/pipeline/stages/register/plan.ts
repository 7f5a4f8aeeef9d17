/** What a registration depends on: the model, and what evaluations of it object to. */
import { sha256 } from '../../../../base/hash.ts';
import { t } from '../../../../base/localize.ts';
import type { ModelVersion } from '../../../../protocol/model.ts';
import { stageOf } from '../../../project/definitions/project.ts';
import { roleOf } from '../../../project/definitions/stage.ts';
import type { RegisterStage } from '../../../project/definitions/stages/registerStage.ts';
import { stageDependencies } from '../../../project/graph/stageGraph.ts';
import type { ModelSource } from '../../models/modelSource.ts';
import type { StageExecution } from '../../records/stageResult.ts';
import { addModel } from '../addModel.ts';
import type { Resolution, Resolved, StagePlan } from '../stagePlan.ts';
import { findVersionWithDigest, registrationResult } from './registration.ts';

export interface Registered {
  readonly model: ModelSource;
  /** Why evaluations of the model object to moving its alias. */
  readonly objections: readonly string[];
}

/** The registry itself says whether there is something to do. */
export const registerPlan: StagePlan<RegisterStage, Registered> = {
  revision: 2,
  resolve: async (stage, resolution) => ({ model: await addModel(stage.model, resolution), objections: addObjections(stage, resolution) }),
  findStanding: async (stage, resolved, { root, name, earlier }) => {
    const version = await findVersionWithDigest(root, stage.name, resolved.given.model.digest);
    const reason = registrationNeeded(stage, version, resolved.given);
    if (version === undefined || reason !== undefined) return { execution: undefined, reasons: [reason ?? t('it has not run yet')] };
    return { execution: earlier?.key === resolved.key ? earlier : registeredBefore(name, stage, { version, resolved }), reasons: [] };
  },
  opensRun: () => false,
  sampled: () => undefined, // a trial registers nothing
};

function addObjections(stage: RegisterStage, { project, name, parts, options }: Resolution): string[] {
  const before = stageDependencies(project).filter((dependency) => dependency.stage === name);
  const judges = before.filter(({ on }) => roleOf(stageOf(project, on)).judges === stage.model);
  const objections = judges.flatMap(({ on }) => options.upstream.get(on)?.objection ?? []);
  if (stage.alias === undefined || stage.allow_worse === true || objections.length === 0) return [];
  parts.local.verdict = sha256(objections.join('\n'));
  return objections;
}

function registrationNeeded(stage: RegisterStage, version: ModelVersion | undefined, { objections }: Registered): string | undefined {
  if (version === undefined) return t('this model is not registered as {name} yet', { name: stage.name });
  if (stage.alias === undefined || objections.length > 0 || version.aliases.includes(stage.alias)) return undefined;
  return t('{name}@{alias} is not version {version}', { name: stage.name, alias: stage.alias, version: version.version });
}

/** What the stage would come to: the registry holds an equal model, whoever put it there. */
function registeredBefore(
  name: string,
  stage: RegisterStage,
  { version, resolved }: { readonly version: ModelVersion; readonly resolved: Resolved<Registered> },
): StageExecution {
  const { key, record, given } = resolved;
  const result = registrationResult(stage, version, { objections: given.objections, created: false });
  return { version: 1, stage: name, key, record, finishedAt: version.createdAt, durationMs: 0, result, outputs: [] };
}
