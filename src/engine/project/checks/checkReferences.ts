/** Whether the parts of a project file fit together: windows and their time, gates and metrics, models, outputs, order. */
import { t } from '../../../base/localize.ts';
import type { DatasetSpec } from '../definitions/dataset.ts';
import { targetDefinition, type FeaturesSpec } from '../definitions/feature.ts';
import { listed } from '../schema/describeValue.ts';
import { spendOf, type CheckInput } from './checkInput.ts';
import { checkOutputs } from './checkOutputs.ts';
import { checkStages } from './checkStages.ts';
import { datasetsBehind, describeCycle, findCycle, sourcesOf, stageDependencies } from '../graph/stageGraph.ts';
import type { Span } from '../text/textSource.ts';
import type { Path } from '../text/yamlTree.ts';

export function checkReferences(input: CheckInput): void {
  for (const [name, spec] of Object.entries(input.datasets)) checkDataset(name, spec, input);
  for (const [name, spec] of Object.entries(input.features)) checkFeatures(name, spec, input);
  checkStages(input);
  checkOutputs(input);
  checkCycles(input);
}

function checkDataset(name: string, spec: DatasetSpec, input: CheckInput): void {
  const at = (...steps: Path): Span => input.spanOf(['datasets', name, ...steps]);
  const given = (['path', 'from', 'query'] as const).filter((key) => spec[key] !== undefined);
  if (given.length !== 1) {
    const message =
      given.length === 0
        ? t('The data set "{name}" does not say where its rows come from.', { name })
        : t('The data set "{name}" has {given}, but its rows come from one place only.', { name, given: listed(given) });
    input.diagnostics.add('project.datasetSource', message, at(...given.slice(1, 2)), {
      args: { dataset: name },
      remedy: t('Give exactly one of "path" (files), "from" (another data set) and "query" (SQL).'),
    });
  }
  if (spec.read !== undefined && spec.path === undefined) {
    input.diagnostics.add(
      'project.readWithoutPath',
      t('"read" says how files are read, but "{name}" has no "path".', { name }),
      at('read'),
      {
        remedy: t('Move it to the data set that has the path.'),
      },
    );
  }
  checkWindow(name, spec, input);
  checkHoldout(name, spec, input);
}

function checkHoldout(name: string, spec: DatasetSpec, input: CheckInput): void {
  const { datasets, diagnostics, spanOf } = input;
  if (spec.holdout?.group !== undefined && spec.holdout.ignore !== undefined) {
    diagnostics.add(
      'project.ignoreWithGroup',
      t('"ignore" has no meaning beside "group": only the values of the group count.'),
      spanOf(['datasets', name, 'holdout', 'ignore']),
      { remedy: t('Keep one of the two.') },
    );
  }
  if (spec.except === undefined || !Object.hasOwn(datasets, spec.except)) return;
  const [own, other] = [name, spec.except].map((start) => rootOf(start, input));
  if (spec.from !== undefined && (own === undefined || other === undefined || own === other)) return;
  diagnostics.add(
    'project.exceptOther',
    t('The rows of "{except}" come from elsewhere, so "{name}" cannot leave them out.', { name, except: spec.except }),
    spanOf(['datasets', name, 'except']),
    { args: { dataset: name, except: spec.except }, remedy: t('Let both data sets come "from" the same one.') },
  );
}

/** The data set that a chain of `from` starts at; undefined where a name is unknown or the chain goes round. */
function rootOf(start: string, { datasets, diagnostics }: CheckInput): string | undefined {
  const seen = new Set<string>();
  for (let name = start; !seen.has(name);) {
    diagnostics.spend();
    seen.add(name);
    if (!Object.hasOwn(datasets, name)) return undefined;
    const next = datasets[name]?.from;
    if (next === undefined) return name;
    name = next;
  }
  return undefined;
}

function checkWindow(name: string, spec: DatasetSpec, input: CheckInput): void {
  const { during } = spec;
  if (during === undefined) return;
  const at = (...steps: Path): Span => input.spanOf(['datasets', name, 'during', ...steps]);
  const behind = datasetsBehind(name, input.datasets, spendOf(input));
  const isKnown = behind.every((other) => Object.hasOwn(input.datasets, other) || !input.names.datasets.includes(other));
  if (isKnown && behind.every((other) => input.datasets[other]?.time === undefined)) {
    input.diagnostics.add('project.missingTime', t('"during" needs the event time, but "{name}" names no time column.', { name }), at(), {
      args: { dataset: name },
      remedy: t('Add "time: <column>" to this data set, or to the one it comes from.'),
    });
  }
  if (during.since === undefined && during.before === undefined && during.last === undefined) {
    input.diagnostics.add('project.emptyWindow', t('"during" is empty.'), at(), { remedy: t('Give since, before or last.') });
  }
  if (during.last !== undefined && (during.since !== undefined || during.before !== undefined)) {
    input.diagnostics.add('project.windowTwice', t('"last" already says when the window begins and ends.'), at('last'), {
      remedy: t('Use either "last", or "since" and "before".'),
    });
  }
  if (during.since !== undefined && during.before !== undefined && Date.parse(utc(during.since)) >= Date.parse(utc(during.before))) {
    const message = t('The window ends ({before}) before it begins ({since}), so it holds no rows.', {
      before: during.before,
      since: during.since,
    });
    input.diagnostics.add('project.emptyWindow', message, at('before'), { remedy: t('Make "before" later than "since".') });
  }
}

/** An instant of the project file as `Date.parse` takes it: UTC unless it names an offset. */
function utc(instant: string): string {
  const iso = instant.replace(' ', 'T');
  return iso.length === 10 || /(Z|[+-]\d{2}:\d{2})$/.test(iso) ? iso : `${iso}Z`;
}

function checkFeatures(name: string, spec: FeaturesSpec, input: CheckInput): void {
  const { diagnostics, spanOf } = input;
  const path: Path = ['features', name];
  const target = targetDefinition(spec.target);
  if (target === undefined) {
    diagnostics.add(
      'project.targetCount',
      t('The target of "{name}" must be one name with its expression.', { name }),
      spanOf([...path, 'target']),
      {
        remedy: t('Write for example: {example}', { example: 'target: {late: "delay > 15"}' }),
      },
    );
  }
  const targetColumn = target?.expression === undefined ? target?.name : undefined;
  const seen = new Map<string, string>();
  for (const group of ['numeric', 'categorical', 'cyclical'] as const) {
    const listedNames = spec[group];
    if (listedNames === undefined) continue;
    const names = Array.isArray(listedNames) ? listedNames : Object.keys(listedNames);
    names.forEach((feature: string, index) => {
      diagnostics.spend();
      const at = spanOf([...path, group, Array.isArray(listedNames) ? index : feature]);
      if (feature === targetColumn) {
        diagnostics.add('project.targetAsFeature', t('"{feature}" is the target, so the model cannot learn from it.', { feature }), at, {
          args: { feature },
          remedy: t('Take it out of the features.'),
        });
      }
      const earlier = seen.get(feature);
      if (earlier !== undefined) {
        diagnostics.add(
          'project.duplicateFeature',
          t('"{feature}" is already a feature, under "{group}".', { feature, group: earlier }),
          at,
          {
            args: { feature },
            remedy: t('Keep one of the two, or give one of them another name and a "value".'),
          },
        );
      }
      seen.set(feature, group);
    });
  }
  if (seen.size === 0) {
    diagnostics.add('project.noFeatures', t('"{name}" has a target but nothing to predict it from.', { name }), spanOf(path), {
      remedy: t('List columns under numeric, categorical or cyclical.'),
    });
  }
}

function checkCycles(input: CheckInput): void {
  const { datasets, diagnostics, spanOf, stages } = input;
  const spend = spendOf(input);
  const sources = findCycle(Object.keys(datasets), (name) => {
    const spec = datasets[name];
    const sources = spec === undefined ? [] : sourcesOf(spec, datasets);
    spend(1 + sources.length);
    return sources;
  });
  if (sources !== undefined) {
    const [first = ''] = sources;
    const [, second] = sources;
    const key = (['except', 'from', 'query'] as const).find((one) => datasets[first]?.[one] === second) ?? 'query';
    diagnostics.add(
      'project.datasetCycle',
      t('These data sets come from one another: {cycle}.', { cycle: describeCycle(sources) }),
      spanOf(['datasets', first, key]),
      {
        args: { cycle: describeCycle(sources) },
        remedy: t('Let one of them come from a file.'),
      },
    );
    return;
  }
  const dependencies = stageDependencies({ datasets, stages }, spend);
  const after = Map.groupBy(dependencies, ({ stage }) => stage);
  const cycle = findCycle(Object.keys(stages), (name) => (after.get(name) ?? []).map(({ on }) => on));
  if (cycle === undefined) return;
  const [stage = '', on = ''] = cycle;
  const path = after.get(stage)?.find((dependency) => dependency.on === on)?.path ?? ['stages', stage];
  diagnostics.add('project.stageCycle', t('These stages wait for one another: {cycle}.', { cycle: describeCycle(cycle) }), spanOf(path), {
    args: { cycle: describeCycle(cycle) },
    remedy: t('Take away one of the connections.'),
  });
}
