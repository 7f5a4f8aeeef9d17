/** What is in the registry of a model already, and what a registration comes to. */
import { t } from '../../../../base/localize.ts';
import type { ModelVersion } from '../../../../protocol/model.ts';
import type { RegisteredVersion } from '../../../../protocol/pipeline.ts';
import type { RegisterStage } from '../../../project/definitions/stages/registerStage.ts';
import { openStore } from '../../../stores/openStore.ts';
import { emptyResult, type StageResult } from '../../records/stageResult.ts';
import { digestTag } from '../../../../protocol/tables/storedNames.ts';

/** The newest version whose model file has this digest. */
export async function findVersionWithDigest(root: string, name: string, digest: string): Promise<ModelVersion | undefined> {
  await using registry = openStore({ root }).registry();
  return (await registry.versions({ model: name, tags: { [digestTag]: digest }, limit: 1 })).items[0];
}

/** The alias that evaluations of the model do not let move; one that names the version already is left where it is. */
export function withheldOf(
  { alias }: RegisterStage,
  { aliases }: Pick<ModelVersion, 'aliases'>,
  objections: readonly string[],
): RegisteredVersion['withheld'] {
  return alias === undefined || objections.length === 0 || aliases.includes(alias) ? undefined : { alias, reason: objections.join(' ') };
}

/** @param version as it was before its alias moved */
export function registrationResult(
  stage: RegisterStage,
  version: ModelVersion,
  { objections, created }: { readonly objections: readonly string[]; readonly created: boolean },
): StageResult {
  const withheld = withheldOf(stage, version, objections);
  const alias = withheld === undefined ? stage.alias : undefined;
  return {
    ...emptyResult,
    runId: version.runId,
    registered: { name: stage.name, version: version.version, alias, created, withheld },
    notes: withheld === undefined ? [] : [notMoved(`${stage.name}@${withheld.alias}`, withheld.reason)],
  };
}

function notMoved(alias: string, reason: string): string {
  return t('{alias} was not moved to this version: {reason} "allow_worse: true" moves it all the same.', { alias, reason });
}
