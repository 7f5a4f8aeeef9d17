/** The model that a stage uses, as a part of what the stage depends on. */
import { resolveModel, type ModelSource } from '../models/modelSource.ts';
import type { Resolution } from './stagePlan.ts';

/**
 * @param reference as written
 * @throws AppError as {@link resolveModel}
 */
export async function addModel(reference: string, { project, parts, options }: Resolution): Promise<ModelSource> {
  const source = await resolveModel(project.root, reference, options.upstream);
  parts.inputs[`model ${reference}`] = source.digest;
  return source;
}
