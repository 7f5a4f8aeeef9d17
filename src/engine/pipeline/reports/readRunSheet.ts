/** Everything that is known of one run, while it goes on and afterwards. */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { ModelVersion } from '../../../protocol/model.ts';
import type { MetricPoint, Run, RunCurves, RunOverview, RunReference, RunSheet, StageProgress } from '../../../protocol/run.ts';
import { runTitle } from '../../../protocol/words/runTitle.ts';
import { verdictOf } from '../../../protocol/verdict.ts';
import { jobIdPattern, readJobEvents } from '../../jobs/jobFolder.ts';
import { openStore } from '../../stores/openStore.ts';
import { resolveArtifacts } from '../../tracking/artifacts/artifacts.ts';
import { readReports } from '../../tracking/runs/reports.ts';
import { makerOf, parametersOf, runBefore } from '../../tracking/runs/runChanges.ts';
import { curvesOf, isStillImproving, roundOfTurn, validationOf } from '../../tracking/runs/runCurves.ts';
import type { TrackingReader } from '../../tracking/store/trackingStore.ts';
import { overviewOf } from './runOverviews.ts';
import { jobTag, projectTag, stageTag } from '../../../protocol/storedNames.ts';

/** More lines than these nobody tells apart. */
const mostNested = 8;

/**
 * @param root real path of the project folder
 * @throws AppError `runs.unknown`
 */
export async function readRunSheet(root: string, runId: string): Promise<RunSheet> {
  await using reader = openStore({ root }).tracking();
  const run = await reader.run(runId);
  if (run === undefined) {
    throw new AppError('runs.unknown', t('There is no run {id} in {root}.', { id: runId, root }), { args: { id: runId, root } });
  }
  const before = await findBefore(reader, run);
  const overview = overviewOf(run, before);
  const children = (await reader.runs({ parentId: runId })).toSorted((a, b) => a.startedAt - b.startedAt);
  const [histories, parent, progress, reports, versions] = await Promise.all([
    readHistories(reader, run),
    run.parentId === undefined ? undefined : reader.run(run.parentId),
    readProgress(root, run),
    readReports(root, run),
    readVersions(root, run),
  ]);
  const bestRound = bestRoundOf(run);
  const curves = [...curvesOf(histories, bestRound), ...(await nestedCurves(reader, children))];
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

async function findBefore(reader: TrackingReader, run: Run): Promise<Run | undefined> {
  const maker = run.parentId === undefined ? makerOf(run) : undefined;
  if (maker === undefined) return undefined;
  const alike = await reader.summaries({ experiment: run.experimentName, topLevel: true, tags: Object.fromEntries([maker]) });
  const before = runBefore(run, alike);
  return before === undefined ? undefined : reader.run(before.id);
}

async function readHistories(reader: TrackingReader, run: Run): Promise<Record<string, readonly MetricPoint[]>> {
  const names = Object.keys(run.metrics);
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await reader.metricHistory(run.id, name)] as const)));
}

/** How each fold or seed did on its held-out rows, in one chart; of many the first. */
async function nestedCurves(reader: TrackingReader, children: readonly Run[]): Promise<RunCurves[]> {
  const each = await Promise.all(
    children
      .slice(0, mostNested)
      .map(async (child) => ({ child, curves: curvesOf(await readHistories(reader, child), bestRoundOf(child)) })),
  );
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

async function readVersions(root: string, run: Run): Promise<readonly ModelVersion[]> {
  await using registry = openStore({ root }).registry();
  return (await registry.models()).flatMap(({ versions }) => versions.filter(({ runId }) => runId === run.id));
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
