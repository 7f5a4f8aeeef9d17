/** The tags of every run that a job opens. */
import type { Project } from '../../project/definitions/project.ts';
import { readSourceTags } from '../../tracking/runs/sourceTags.ts';
import { jobTag, noteTag, projectTag } from '../../../protocol/tables/storedNames.ts';

export interface RunTagOptions {
  readonly jobId: string;
  readonly user: string;
  /** As the user typed it. */
  readonly command: string;
  readonly note: string | undefined;
  readonly signal: AbortSignal;
}

/** Who ran what, from which commit, in which project and job, and the user's note. */
export async function runTags(project: Project, { jobId, user, command, note, signal }: RunTagOptions): Promise<Record<string, string>> {
  return {
    ...(await readSourceTags(project.root, { user, source: command, signal })),
    ...(note === undefined ? {} : { [noteTag]: note }),
    [projectTag]: project.name,
    [jobTag]: jobId,
  };
}
