/** Everything that is known of one run, while it goes on and afterwards. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ModelVersion } from '../../../protocol/model.ts';
import type { Run, RunCurves, RunOverview, RunReference, RunSheet, RunSummary, StageProgress } from '../../../protocol/run.ts';
import { runTitle } from '../../../protocol/words/runTitle.ts';
import { verdictOf } from '../../../protocol/verdict.ts';
import { jobIdPattern, readJobEvents } from '../../jobs/jobFolder.ts';
import { openStore } from '../../stores/openStore.ts';
import { resolveArtifacts } from '../../tracking/artifacts/artifacts.ts';
import { readReports } from '../../tracking/runs/reports.ts';
import { makerOf, parametersOf, runBefore } from '../../tracking/runs/runChanges.ts';
import { isStillImproving, roundOfTurn, runCurves, validationOf } from '../../tracking/runs/runCurves.ts';
import { collectItems, itemsOf } from '../../tracking/store/pages.ts';
import type { RunHistories, TrackingReader } from '../../tracking/store/trackingStore.ts';
import { overviewOf } from './runOverviews.ts';
import { jobTag, projectTag, stageTag } from '../../../protocol/tables/storedNames.ts';

/** More lines than these nobody tells apart. */
const mostNested = 8;
/** The run before is mostly the next one; this many are looked at at once. */
const lookedAtOnce = 20;

/**
 * @param root real path of the project folder
 * @throws AppError `runs.unknown`
 */
export async function readRunSheet(root: string, runId: string, signal?: AbortSignal): Promise<RunSheet> {
  await using reader = openStore({ root }).tracking();
  const run = await reader.run(runId, { signal });
  if (run === undefined) {
    throw new AppError('runs.unknown', t('There is no run {id} in {root}.', { id: runId, root }), { args: { id: runId, root } });
  }
  const before = await findBefore(reader, run, signal);
  const overview = overviewOf(run, before);
  const found = run.children === 0 ? [] : await collectItems(async (page) => reader.runs({ parents: [runId], page, signal }));
  const children = found.toSorted((a, b) => a.startedAt - b.startedAt);
  const [histories, parent, progress, reports, versions] = await Promise.all([
    reader.histories({ runIds: [run, ...children.slice(0, mostNested)].map(({ id }) => id), signal }),
    run.parentId === undefined ? undefined : reader.run(run.parentId, { signal }),
    readProgress(root, run),
    readReports(root, run),
    readVersions(root, run, signal),
  ]);
  const bestRound = bestRoundOf(run);
  const curves = [...runCurves(histories.get(run.id) ?? {}, bestRound), ...nestedCurves(histories, children)];
  return {
    run: overview,
    project: run.tags[projectTag] ?? run.experimentName,
    parameters: parametersOf(run),
    before: before === undefined ? undefined : referenceTo(before),
    parent: parent === undefined ? undefined : referenceTo(parent),
    progress,
    curves,
    bestRound,
    evaluations: reports.map((report) => ({ stage: report.stage, verdict: verdictOf(report) })),
    versions,
    model: modelFolder(root, run),
    nested: children.map((child) => overviewOf(child)),
    hints: hintsFor(overview, curves, bestRound),
  };
}

/** Of the runs of the same maker, from the newest that was started before, as far as one has to look. */
async function findBefore(reader: TrackingReader, run: Run, signal: AbortSignal | undefined): Promise<Run | undefined> {
  const maker = run.parentId === undefined ? makerOf(run) : undefined;
  if (maker === undefined) return undefined;
  const alike = { experiment: run.experimentName, topLevel: true, tags: Object.fromEntries([maker]), startedUntil: run.startedAt };
  const looked: RunSummary[] = [];
  for await (const other of itemsOf(async (page) => reader.summaries({ ...alike, limit: lookedAtOnce, page, signal }))) {
    looked.push(other);
    if (runBefore(run, [other])?.status === 'FINISHED') break;
  }
  const before = runBefore(run, looked);
  return before === undefined ? undefined : reader.run(before.id, { signal });
}

/** How each fold or seed did on its held-out rows, in one chart; of many the first. */
function nestedCurves(histories: RunHistories, children: readonly Run[]): RunCurves[] {
  const each = children
    .slice(0, mostNested)
    .map((child) => ({ child, curves: runCurves(histories.get(child.id) ?? {}, bestRoundOf(child)) }));
  const quantity = each[0]?.curves[0]?.quantity;
  const members = each.flatMap(({ child, curves }) => {
    const own = curves.find((candidate) => candidate.quantity === quantity);
    const curve = own === undefined ? undefined : (validationOf(own.curves) ?? own.curves[0]);
    return own === undefined || curve === undefined ? [] : [{ hidden: own.hidden, curve: { ...curve, metric: child.name } }];
  });
  if (quantity === undefined || members.length === 0) return [];
  const hidden = members.reduce((sum, member) => sum + member.hidden, 0);
  return [{ quantity: t('{quantity} of nested runs', { quantity }), curves: members.map(({ curve }) => curve), hidden }];
}

/** The newest progress that the run's job told of its stage. */
async function readProgress(root: string, { status, tags }: Run): Promise<StageProgress | undefined> {
  const [job = '', stage] = [tags[jobTag], tags[stageTag]];
  if (status !== 'RUNNING' || !jobIdPattern.test(job)) return undefined;
  const event = (await readJobEvents(root, job)).findLast((each) => each.type === 'progress' && each.stage === stage);
  return event?.type === 'progress' ? { message: event.message, fraction: event.fraction, remainingMs: event.remainingMs } : undefined;
}

async function readVersions(root: string, run: Run, signal: AbortSignal | undefined): Promise<readonly ModelVersion[]> {
  await using registry = openStore({ root }).registry();
  return await collectItems(async (page) => registry.versions({ runIds: [run.id], page, signal }));
}

function referenceTo(run: Run): RunReference {
  const overview = overviewOf(run);
  return { id: run.id, title: runTitle(overview), startedAt: run.startedAt, headline: overview.headline };
}

function bestRoundOf({ params }: Run): number | undefined {
  const best = Number(params.best_iteration ?? 'none');
  return Number.isInteger(best) ? best : undefined;
}

/** Relative to the project; undefined where the run made no model, or not on this machine. */
function modelFolder(root: string, { artifactUri }: Run): string | undefined {
  const artifacts = resolveArtifacts(root, artifactUri);
  const folder = artifacts === undefined ? undefined : join(artifacts, 'model');
  return folder !== undefined && existsSync(join(folder, 'MLmodel')) ? relative(root, folder).replaceAll('\\', '/') : undefined;
}

/** Of a training that kept its last round: whether more rounds would help, or fewer. */
function hintsFor(run: RunOverview, curves: RunSheet['curves'], bestRound: number | undefined): string[] {
  const [first] = curves;
  const rounds = Math.max(0, ...(first?.curves ?? []).map(({ steps }) => steps.at(-1) ?? 0));
  if (run.status !== 'FINISHED' || first === undefined || (bestRound !== undefined && bestRound < rounds)) return [];
  const turn = roundOfTurn(first);
  if (turn !== undefined) {
    return [t('Validation was best at round {turn} and has become worse since: early_stopping would have kept that round.', { turn })];
  }
  if (String(rounds) !== run.params.max_iter || !isStillImproving(first)) return [];
  return [
    t('Validation was still improving at the last of {rounds} rounds: raise max_iter, and let early_stopping find the end.', { rounds }),
  ];
}
