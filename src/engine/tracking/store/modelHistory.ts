/** The models that a run logged, as MLflow up to version 2 lists them in a tag. */
import * as z from 'zod';
import type { LoggedModel } from '../../../protocol/run.ts';

const historySchema = z.array(
  z.object({
    artifact_path: z.string(),
    model_uuid: z.string().optional().catch(undefined),
    run_id: z.string().optional().catch(undefined),
  }),
);

/** What the tag lists; the newest of each name. */
export function modelsInTag(text: string | undefined, artifactUri: string): LoggedModel[] {
  const parsed = historySchema.safeParse(parsedJson(text));
  const models = (parsed.success ? parsed.data : []).map((entry): LoggedModel => {
    const name = entry.artifact_path;
    const nothing = { type: undefined, params: {}, metrics: {} };
    return { id: entry.model_uuid ?? '', name, role: 'output', status: 'READY', artifactUri: `${artifactUri}/${name}`, ...nothing };
  });
  return [...new Map(models.map((model) => [model.name, model])).values()];
}

function parsedJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '[]');
  } catch {
    return undefined; // cut at the longest text a tag may have
  }
}
