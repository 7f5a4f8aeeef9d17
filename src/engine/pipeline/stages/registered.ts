/** Whether a model is in the registry already. */
import type { ModelVersion } from '../../../protocol/model.ts';
import { openRegistryReader } from '../../registry/openRegistry.ts';
import { digestTag } from '../resolveStage.ts';

/** The newest version whose model file has this digest. */
export async function findVersion(root: string, name: string, digest: string): Promise<ModelVersion | undefined> {
  using registry = openRegistryReader(root);
  return (await registry?.model(name))?.versions.find(({ tags }) => tags[digestTag] === digest);
}
