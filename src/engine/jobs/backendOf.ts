/** Which places jobs run at, and at which one a job does. */
import type { JobPlace, JobRecord } from '../../protocol/job.ts';
import type { JobBackend } from './backends/jobBackend.ts';
import { processBackend } from './backends/processBackend.ts';

const backends: Readonly<Record<JobPlace, JobBackend>> = { process: processBackend };

/** @param record undefined: the job has not written its record yet, or never will */
export function backendOf(record: Pick<JobRecord, 'place'> | undefined): JobBackend {
  return backends[record?.place ?? 'process'];
}
