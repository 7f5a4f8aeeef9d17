/** How a query thread answers. Stores are opened per question: an open one would hold on to a file that somebody replaces. */
import { availableParallelism, totalmem } from 'node:os';
import type { Handlers } from '../protocol/contracts/contract.ts';
import type { AliasChange } from '../protocol/contracts/engineContract.ts';
import type { Budget } from '../protocol/stageContext.ts';
import { currentUser } from '../engine/jobs/beginJob.ts';
import { knownEnvironment, resolveEnvironment } from '../engine/project/environment.ts';
import { recordEnvironment } from '../engine/project/writeEnvironment.ts';
import { parseProjectText, requireProject } from '../engine/project/loadProject.ts';
import { LastExamined } from '../engine/proposal/examinedFile.ts';
import { openStore } from '../engine/stores/openStore.ts';
import type { AuditLog } from '../engine/safety/change.ts';
import { secretValues } from '../engine/safety/secretValues.ts';
import { collectItems } from '../engine/tracking/store/pages.ts';
import { readReports } from '../engine/tracking/runs/reports.ts';
import type { dataContract, queryContract, storeContract } from './queryContract.ts';

export interface QueryServices {
  readonly isTrusted: () => boolean;
  readonly onTrusted: () => void;
}

export function createQueryHandlers({ isTrusted, onTrusted }: QueryServices): Handlers<typeof queryContract> {
  return { ...readers(isTrusted), ...changes, ...dataHandlers(), trustGranted: onTrusted };
}

type StoreHandlers = Handlers<typeof storeContract>;
type Changes = Pick<StoreHandlers, 'rememberEnvironment' | 'setAlias' | 'deleteAlias'>;

function readers(isTrusted: () => boolean): Omit<StoreHandlers, keyof Changes> {
  return {
    pipeline: async ({ root }, signal) => {
      const { readPipeline } = await import('../engine/pipeline/views/readPipeline.ts');
      return readPipeline(root, { signal, trusted: isTrusted(), withReads: true });
    },
    graph: async ({ root }, signal) => {
      const { readPipelineGraph } = await import('../engine/pipeline/views/readPipelineGraph.ts');
      return readPipelineGraph(root, { signal });
    },
    runs: async ({ root, limit }, signal) => {
      const { listRunOverviews } = await import('../engine/pipeline/reports/runOverviews.ts');
      await using reader = openStore({ root }).tracking();
      return (await listRunOverviews(reader, { limit, withNested: true, signal })).map(({ run }) => run);
    },
    run: async ({ root, runId }, signal) => {
      const { readRunSheet } = await import('../engine/pipeline/reports/readRunSheet.ts');
      return readRunSheet(root, runId, signal);
    },
    reports: async ({ root, runId }, signal) => {
      await using reader = openStore({ root }).tracking();
      const run = await reader.run(runId, { signal });
      return run === undefined ? [] : await readReports(root, run);
    },
    validation: async ({ root, stage }) => {
      const { readValidation } = await import('../engine/pipeline/reports/validationReports.ts');
      return (await readValidation(root, stage)) ?? null;
    },
    models: async ({ root }, signal) => {
      const { readRunsOfVersions } = await import('../engine/pipeline/reports/runOverviews.ts');
      const store = openStore({ root });
      await using registry = store.registry();
      await using tracking = store.tracking();
      const models = await collectItems(async (page) => registry.models({ page, signal }));
      return { models, runs: await readRunsOfVersions(tracking, models, { signal }) };
    },
    environment: async ({ root }) => (await knownEnvironment(await requireProject(root))) ?? null,
  };
}

const changes: Changes = {
  rememberEnvironment: async ({ root, environment }) => {
    await recordEnvironment(root, environment);
    return null;
  },
  setAlias: async (request) => {
    const { setAlias } = await import('../engine/stores/aliases.ts');
    const { model, alias, version } = request;
    await setAlias(await auditLog(request, ['models', 'alias', model, alias, String(version)]), { model, alias, version });
    return null;
  },
  deleteAlias: async (request) => {
    const { deleteAlias } = await import('../engine/stores/aliases.ts');
    const { model, alias } = request;
    await deleteAlias(await auditLog(request, ['models', 'alias', model, alias, '--delete']), { model, alias });
    return null;
  },
};

/** What the same change would be called in a terminal goes into the log. */
async function auditLog({ root, ticket, approvedBy }: AliasChange, command: readonly string[]): Promise<AuditLog> {
  const project = await requireProject(root);
  return {
    root: project.root,
    user: currentUser(),
    environment: await resolveEnvironment(project),
    ticket,
    approvedBy,
    command: ['millwright', ...command].join(' '),
    jobId: undefined,
    secrets: [...secretValues(process.env), ...project.secrets.map(({ value }) => value)],
  };
}

function dataHandlers(): Handlers<typeof dataContract> {
  const last = new LastExamined();
  return {
    columns: async ({ root, dataset, text }, signal) => {
      const { readColumns } = await import('../engine/data/dataset/openDataset.ts');
      const project = (text === undefined ? undefined : parseProjectText(text, root).project) ?? (await requireProject(root));
      return readColumns(project, dataset, { budget: queryBudget(), signal });
    },
    profile: async ({ path }, signal) => {
      const { profileFile } = await import('../engine/data/profileFile.ts');
      return profileFile(path, { budget: queryBudget(), signal });
    },
    propose: async ({ path, root, ...choices }, signal) => {
      const { proposeProject } = await import('../engine/proposal/proposeProject.ts');
      return proposeProject(path, { ...choices, projectRoot: root, last, budget: queryBudget(), signal });
    },
    doctor: async ({ root }, signal) => {
      const { runDoctor } = await import('../engine/doctor/runDoctor.ts');
      return runDoctor({ root, signal });
    },
  };
}

/** What one question may take of the machine: half the cores, an eighth of the memory. */
function queryBudget(): Budget {
  return { threads: Math.max(1, Math.floor(availableParallelism() / 2)), memoryBytes: Math.floor(totalmem() / 8) };
}
