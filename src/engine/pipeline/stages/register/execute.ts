/** Stages that register a model: brought in line with what is there, so that equal models keep their version. */
import type { RegisterStage } from '../../../project/definitions/stages/registerStage.ts';
import { setAlias } from '../../../stores/aliases.ts';
import { openStoreWriter } from '../../../stores/openStoreWriter.ts';
import type { ModelVersion } from '../../../../protocol/model.ts';
import { copyArtifact } from '../../../tracking/artifacts/artifactWriter.ts';
import { change } from '../../../safety/change.ts';
import { digestPath } from '../../records/pathDigest.ts';
import type { StageTask } from '../stageContract.ts';
import type { StageResult } from '../../records/stageResult.ts';
import { versionDeletion } from '../../undo/undoPlans.ts';
import { fetchArtifacts } from '../../../tracking/artifacts/fetchArtifacts.ts';
import { storeForVersion } from './registeredFiles.ts';
import type { Registered } from './plan.ts';
import { findVersionWithDigest, registrationResult, withheldOf } from './registration.ts';
import { digestTag, filesTag, operationTag } from '../../../../protocol/tables/storedNames.ts';

/** @throws AppError `registry.badName`, `registry.badAlias`, and those of the store */
export async function executeRegister(task: StageTask<Registered>, stage: RegisterStage): Promise<StageResult> {
  const { model, objections } = task.given;
  const existing = await findVersionWithDigest(task.project.root, stage.name, model.digest);
  const version = existing ?? (await createVersion(task, stage));
  if (stage.alias !== undefined && withheldOf(stage, version, objections) === undefined && !version.aliases.includes(stage.alias)) {
    await setAlias(task.audit, { model: stage.name, alias: stage.alias, version: version.version });
  }
  return registrationResult(stage, version, { objections, created: existing === undefined });
}

async function createVersion(task: StageTask<Registered>, stage: RegisterStage): Promise<ModelVersion> {
  const { model: source, objections } = task.given;
  const withheld = withheldOf(stage, { aliases: [] }, objections);
  return change(task.audit, {
    describe: { operation: 'register', modelName: stage.name, resources: [`model ${stage.name}`, `stage ${stage.model}`] },
    prepareUndo: (operationId) => versionDeletion(stage.name, operationTag, operationId),
    apply: async (operationId) => {
      await using writer = openStoreWriter(task.project).registry();
      const { root } = task.project;
      const stored = await storeForVersion(source, { root, name: stage.name, operationId, copy: copyArtifact });
      const files = await digestPath(root, await fetchArtifacts(root, stored));
      const version = await writer.createVersion({
        model: stage.name,
        source: stored,
        runId: source.runId,
        description: stage.description,
        tags: { ...stage.tags, [digestTag]: source.digest, [filesTag]: files.digest, [operationTag]: operationId },
        createdAt: Date.now(),
      });
      return {
        value: version,
        modelVersion: String(version.version),
        resources: [
          `model ${stage.name}/${version.version}`,
          ...(source.runId === undefined ? [] : [`run ${source.runId}`]),
          ...(withheld === undefined ? [] : [`alias ${stage.name}@${withheld.alias} not moved: ${withheld.reason}`]),
        ],
      };
    },
  });
}
