/** Folds and seeds on real data: what is learned where, how it is measured, and that the bytes depend on nothing else. */
import { existsSync } from 'node:fs';
import { readFile, appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseModelDescription } from '../../../src/engine/inference/scoring/modelDescription.ts';
import type { TrainStage } from '../../../src/engine/project/definitions/stages/trainStage.ts';
import type { Progress } from '../../../src/protocol/stageContext.ts';
import type { TrainingInput } from '../../../src/engine/training/fit/trainedModel.ts';
import { metricsOf, recordNested, train, writeProject, type RecordedRun, type TestProject } from '../../support/trainingProject.ts';

const data = join(import.meta.dirname, '../../../node_modules/vega-datasets/data');

const yaml = `
seed: 7
datasets:
  all:
    path: ${join(data, 'penguins.json')}
    columns: {Species: {type: category}, Island: {type: category}, Sex: {type: category}}
  weighed: {from: all, where: '"Body Mass (g)" IS NOT NULL'}
  weather:
    path: ${join(data, 'seattle-weather.csv')}
    time: date
    columns: {date: {type: timestamp}, weather: {type: category}}
  early: {from: weather, during: {before: 2014-12-31}}
  films:
    path: ${join(data, 'movies.json')}
    columns: {Distributor: {type: category}, Major Genre: {type: category}}
    where: '"IMDB Rating" IS NOT NULL'
  cars: {path: "${join(data, 'cars.json')}", columns: {Origin: {type: category}}}
  strikes:
    path: ${join(data, 'birdstrikes.csv')}
    columns: {Wildlife Species: {type: category}, Aircraft Airline Operator: {type: category}, Phase of flight: {type: category}}
  flights:
    path: ${join(data, 'flights-3m.parquet')}
    time: date
    columns: {origin: {type: category}, destination: {type: category}}
    during: {before: 2001-01-02}
  small: {path: data.csv}
features:
  adelie:
    target: {adelie: "Species = 'Adelie'"}
    numeric: [Beak Length (mm), Body Mass (g)]
    categorical: {Island: {encode: target}}
  species:
    target: Species
    numeric: [Beak Length (mm), Body Mass (g)]
    categorical: {Island: {encode: target}, Sex: {}}
  mass:
    target: Body Mass (g)
    numeric: [Beak Length (mm), Flipper Length (mm)]
    categorical: {Island: {encode: target}, Sex: {}}
  warm:
    target: {warm: "temp_max > 15"}
    numeric: {precipitation: {}, wind: {value: "case when wind < 4 then wind end", impute: mean, scale: standard}}
    categorical: {weather: {encode: target, max_levels: 3}}
  plain: {target: {warm: "temp_max > 15"}, numeric: [precipitation, wind]}
  kind: {target: weather, numeric: [temp_max, wind]}
  phase: {target: {phase: "case when date >= '2015-12-01' then 'end' when precipitation > 0 then 'wet' else 'dry' end"}, numeric: [temp_max, wind]}
  rating:
    target: IMDB Rating
    numeric: [Production Budget, Running Time min, Rotten Tomatoes Rating]
    categorical: {Distributor: {encode: target, max_levels: 40}, Major Genre: {encode: target}}
  made: {target: Origin, numeric: [Horsepower, Miles_per_Gallon, Weight_in_lbs, Displacement]}
  costly:
    target: {costly: '"Cost Total $" > 0'}
    numeric: [Speed IAS in knots]
    categorical: {Wildlife Species: {encode: target}, Phase of flight: {encode: one_hot}}
  late:
    target: {late: "delay > 15"}
    numeric: [distance]
    categorical: {origin: {encode: target}, destination: {}}
    cyclical: {hour: {value: "hour(date) + minute(date) / 60.0", period: 24}}
  rare: {target: cls, numeric: [x]}
stages:
  train: {uses: train, dataset: all, features: adelie, params: {max_iter: 15}}
`;

/** A class of one row, and weights of every kind. */
const small = Array.from({ length: 40 }, (_, row) => ({
  x: row % 7,
  id: row,
  cls: row === 11 ? 'once' : row % 2 === 0 ? 'even' : 'odd',
  none: 0,
  negative: -1,
  // The whole class "odd" weighs nothing.
  even: row % 2 === 0 ? 1 : 0,
}));

let project: TestProject;
beforeAll(async () => {
  project = await writeProject(yaml, small);
});
afterAll(async () => {
  await project[Symbol.asyncDispose]();
});

const folds = { split: 'kfold', folds: 5 } as const;

function partsOf(run: RecordedRun | undefined): TrainingInput[] {
  return run?.records.flatMap(({ inputs = [] }) => [...inputs]) ?? [];
}

describe('k-fold', () => {
  it('measures in folds, refits on all rows, and says so', async () => {
    const runs: RecordedRun[] = [];
    const changes: Partial<TrainStage> = { validation: folds, threshold: { maximize: 'f1_score' } };
    const trained = await train(project, changes, { nested: recordNested(runs), folder: 'folds' });
    expect(runs.map(({ name, ended, rounds }) => [name, ended, rounds.length])).toEqual(
      [1, 2, 3, 4, 5].map((fold) => [`fold ${fold}`, 'finished', 15]),
    );
    const held = runs.map((run) => partsOf(run).find(({ context }) => context === 'validation')?.rows ?? 0);
    expect(held.reduce((sum, rows) => sum + rows, 0)).toBe(344);
    expect(new Set(runs.flatMap((run) => partsOf(run).map(({ digest }) => digest))).size).toBe(10);
    expect(runs[2]?.records[0]?.parameters).toMatchObject({ fold: '3', validation_split: 'kfold', validation_by: 'stratified', seed: '7' });

    for (const name of ['validation_roc_auc', 'validation_f1_score', 'validation_brier_score']) {
      const values = runs.map((run) => metricsOf(run)[name] ?? NaN);
      const mean = values.reduce((sum, value) => sum + value, 0) / 5;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4);
      expect([trained.figures[name], trained.figures[`${name}_std`]]).toEqual([mean, spread]);
    }
    const losses = runs.map((run) => run.rounds.at(-1)?.metrics.validation_log_loss ?? NaN);
    expect(trained.figures.validation_log_loss).toBe(losses.reduce((sum, loss) => sum + loss, 0) / 5);

    expect(trained.inputs).toMatchObject([{ context: 'training', rows: 344, missing: { 'Body Mass (g)': 2 } }]);
    expect(trained.inputs[0]?.digest).toBe(trained.inputs[0]?.fingerprint.digest);
    expect(trained.parameters).toMatchObject({ refit: 'all rows', validation_folds: '5' });
    expect(trained.notes).toContain('The figures are those of 5 folds; the model itself has learned from all 344 rows afterwards.');
    const path = join(trained.folder, 'millwright.json');
    expect(parseModelDescription(await readFile(path), path).refit).toEqual({ folds: 5, rows: 344 });
    expect(Object.keys(trained.histories)).toEqual(['training_log_loss']);
  });

  it('learns nothing of a fold but from its training rows: a fold forward in time is a hold-out of the rows until its end', async () => {
    const changes = { dataset: 'weather', features: 'warm', trainer: 'logistic', params: undefined, threshold: 0.4 } as const;
    const runs: RecordedRun[] = [];
    await train(
      project,
      { ...changes, validation: { split: 'kfold', folds: 3, by: 'time' } },
      { nested: recordNested(runs), folder: 'forward' },
    );
    expect(runs.map((run) => partsOf(run).map(({ rows }) => rows))).toEqual([
      [365, 365],
      [730, 365],
      [1095, 366],
    ]);
    const alone = await train(project, { ...changes, dataset: 'early', validation: { split: 'time', share: 1 / 3 } }, { folder: 'alone' });
    expect(alone.inputs.map(({ rows }) => rows)).toEqual([730, 365]);
    const second = runs[1];
    expect(second?.rounds.map(({ metrics }) => metrics)).toEqual(
      alone.histories.training_log_loss?.map((_, step) =>
        Object.fromEntries(Object.entries(alone.histories).map(([name, points]) => [name, points[step]?.value])),
      ),
    );
    // With a threshold that is given, every metric of the fold is that of the hold-out.
    for (const [name, value] of Object.entries(metricsOf(second!))) expect([name, alone.figures[name]]).toEqual([name, value]);
    expect(metricsOf(second!).validation_roc_auc).toBeGreaterThan(0.5);
  });

  it('stops early in every fold, and refits with the rounded mean of their best rounds', async () => {
    const runs: RecordedRun[] = [];
    const changes: Partial<TrainStage> = {
      dataset: 'weighed',
      features: 'mass',
      params: { max_iter: 200 },
      early_stopping: { patience: 3 },
      validation: folds,
    };
    const trained = await train(project, changes, { nested: recordNested(runs), folder: 'early' });
    const kept = runs.map((run) => Number(run.records[0]?.parameters?.best_iteration));
    for (const [index, run] of runs.entries()) {
      const losses = run.rounds.map(({ metrics }) => metrics.validation_root_mean_squared_error ?? NaN);
      expect(losses).toHaveLength((kept[index] ?? 0) + 3);
      // The kept round's loss stands one step after the last round.
      const last = run.records
        .flatMap(({ metrics = [] }) => [...metrics])
        .find(({ name }) => name === 'validation_root_mean_squared_error');
      expect(last).toEqual({ name: 'validation_root_mean_squared_error', value: losses[(kept[index] ?? 0) - 1], step: losses.length + 1 });
    }
    const mean = Math.round(kept.reduce((sum, rounds) => sum + rounds, 0) / 5);
    expect(trained.histories.training_root_mean_squared_error).toHaveLength(mean);
    expect(trained.parameters).toMatchObject({ best_iteration: String(mean), max_iter: String(mean) });
    expect(trained.parameters.early_stopping_patience).toBeUndefined();
  });

  it.each<[string, Partial<TrainStage>]>([
    ['several classes, target-encoded', { features: 'species', validation: { ...folds, by: 'random' } }],
    ['groups', { features: 'species', validation: { split: 'kfold', folds: 3, group: 'Body Mass (g)' } }],
    ['weights of classes', { params: { class_weight: 'balanced', max_iter: 8 }, validation: folds }],
    ['several classes, logistic', { features: 'species', trainer: 'logistic', params: undefined, validation: folds }],
    ['regression, linear', { features: 'mass', trainer: 'linear', params: { alpha: 1 }, validation: folds, dataset: 'weighed' }],
  ])('works for %s', async (name, changes) => {
    const runs: RecordedRun[] = [];
    const trained = await train(project, changes, { nested: recordNested(runs), folder: `tasks/${name}` });
    expect(runs.every(({ ended }) => ended === 'finished')).toBe(true);
    expect(trained.parityError).toBeLessThan(1e-5);
    expect(Object.values(trained.figures).every((value) => Number.isFinite(value))).toBe(true);
  });

  it.each<[string, Partial<TrainStage>, string, number]>([
    ['films, a regression with missing values', { dataset: 'films', features: 'rating', validation: folds }, 'r2_score', 0.4],
    ['cars, three classes', { dataset: 'cars', features: 'made', validation: { ...folds, group: 'Name' } }, 'roc_auc', 0.9],
    [
      'bird strikes by operator, linear',
      {
        dataset: 'strikes',
        features: 'costly',
        trainer: 'logistic',
        params: { class_weight: 'balanced' },
        validation: { ...folds, group: 'Aircraft Airline Operator' },
      },
      'roc_auc',
      0.6,
    ],
    ['a day of flights, forward in time', { dataset: 'flights', features: 'late', validation: { ...folds, folds: 3 } }, 'roc_auc', 0.6],
  ])('learns what there is to learn of %s', async (name, changes, metric, atLeast) => {
    const runs: RecordedRun[] = [];
    const leakage = { severity: { shared_rows: 'warn' } } as const;
    const trained = await train(project, { leakage, ...changes }, { nested: recordNested(runs), folder: `real/${name}`, threads: 2 });
    expect(trained.figures[`validation_${metric}`]).toBeGreaterThan(atLeast);
    expect(trained.figures[`validation_${metric}_std`]).toBeLessThan(0.2);
    expect(trained.parityError).toBeLessThan(1e-5);
  });

  it('writes the same bytes on 1, 2 and 3 threads', async () => {
    const changes: Partial<TrainStage> = {
      features: 'species',
      validation: folds,
      params: { max_iter: 30, subsample: 0.8 },
      early_stopping: { patience: 4 },
    };
    const trained = await Promise.all([1, 2, 3].map(async (threads) => train(project, changes, { threads, folder: `folds ${threads}` })));
    expect(new Set(trained.map(({ digest }) => digest)).size).toBe(1);
    expect(trained[1]?.figures).toEqual(trained[0]?.figures);
    expect(trained[2]?.figures).toEqual(trained[0]?.figures);
  });

  it.each<[string, string, Partial<TrainStage>]>([
    ['a class of one row', 'training.classOnlyInValidation', { dataset: 'small', features: 'rare', validation: folds }],
    ['a class that comes later', 'training.classNotInFold', { dataset: 'weather', features: 'phase', validation: { ...folds, folds: 3 } }],
    [
      'a class that comes next',
      'training.classOnlyInValidation',
      { dataset: 'weather', features: 'kind', validation: { ...folds, folds: 12 } },
    ],
    ['more folds than groups', 'split.oneGroup', { validation: { split: 'kfold', folds: 5, by: 'group', group: 'Island' } }],
    ['folds by time without a time', 'training.noTime', { validation: { ...folds, by: 'time' } }],
    ['folds by group without a group', 'training.noGroup', { validation: { ...folds, by: 'group' } }],
    ['more folds than rows', 'split.tooFewRows', { dataset: 'small', features: 'rare', validation: { split: 'kfold', folds: 50 } }],
  ])('refuses %s', async (name, code, changes) => {
    const folder = `refused/${name}`;
    await expect(train(project, changes, { folder })).rejects.toMatchObject({ code, remedy: expect.any(String) as string });
    expect(existsSync(join(project.root, folder))).toBe(false);
  });

  it('ends the fold that was interrupted, begins no other, and writes nothing', async () => {
    const cancel = new AbortController();
    const runs: RecordedRun[] = [];
    const nested = recordNested(runs);
    const training = train(
      project,
      { validation: folds, params: { max_iter: 20_000 } },
      {
        folder: 'cancelled',
        signal: cancel.signal,
        nested: async (name, work) =>
          nested(name, async (run) => {
            if (name === 'fold 1')
              setTimeout(() => {
                cancel.abort();
              }, 300);
            return work(run);
          }),
      },
    );
    await expect(training).rejects.toMatchObject({ name: 'CancelledError' });
    expect(runs.map(({ name, ended }) => [name, ended])).toEqual([['fold 1', 'failed']]);
    expect(existsSync(join(project.root, 'cancelled'))).toBe(false);
  });
});

describe('seeds', () => {
  const sampled: Partial<TrainStage> = { params: { max_iter: 15, subsample: 0.7 } };

  it('nests a run for each, averages them, and keeps the first one: the very bytes of a run without seeds, on any threads', async () => {
    const runs: RecordedRun[] = [];
    const alone = await train(project, sampled, { folder: 'one seed' });
    const several = await Promise.all(
      [1, 2, 3].map(async (threads) => {
        const own: RecordedRun[] = threads === 1 ? runs : [];
        return train(project, { ...sampled, seeds: 3 }, { threads, nested: recordNested(own), folder: `seeds ${threads}` });
      }),
    );
    expect(several.map(({ digest }) => digest)).toEqual([alone.digest, alone.digest, alone.digest]);
    expect(runs.map(({ name, ended }) => [name, ended])).toEqual(['seed 7', 'seed 8', 'seed 9'].map((name) => [name, 'finished']));
    const values = runs.map((run) => metricsOf(run).validation_roc_auc ?? NaN);
    expect(new Set(values).size).toBe(3);
    expect(values[0]).toBe(alone.figures.validation_roc_auc);
    const trained = several[0]!;
    expect(trained.figures.validation_roc_auc).toBeCloseTo((values[0]! + values[1]! + values[2]!) / 3, 12);
    expect(trained.figures.validation_roc_auc_std).toBeGreaterThan(0);
    expect(trained.parameters).toMatchObject({ seeds: '3', seed: '7' });
    const learned = runs.map((run) => partsOf(run).find(({ context }) => context === 'training')?.digest);
    expect(new Set(learned).size).toBe(3); // every seed holds out other rows
  });

  it('says so where nothing is left to chance', async () => {
    const trained = await train(project, { dataset: 'weather', features: 'plain', seeds: 2 }, { folder: 'no chance' });
    expect(trained.figures.validation_roc_auc_std).toBe(0);
    expect(trained.notes.at(-1)).toMatch(/^Every seed gave the same figures/);
  });

  it('holds folds, each seed its own, and refits for the first seed alone', async () => {
    const runs: RecordedRun[] = [];
    const changes: Partial<TrainStage> = { ...sampled, seeds: 2, validation: { split: 'kfold', folds: 3 } };
    const trained = await train(project, changes, { nested: recordNested(runs), folder: 'both' });
    expect(runs.map(({ name, children, rounds }) => [name, children.map((child) => child.name), rounds.length])).toEqual([
      ['seed 7', ['fold 1', 'fold 2', 'fold 3'], 15],
      ['seed 8', ['fold 1', 'fold 2', 'fold 3'], 0],
    ]);
    const means = runs.map((run) => metricsOf(run).validation_roc_auc ?? NaN);
    expect(trained.figures.validation_roc_auc).toBeCloseTo((means[0]! + means[1]!) / 2, 12);
    expect(trained.digest).toBe((await train(project, { ...changes, seeds: 1 }, { folder: 'folds alone' })).digest);
  });
});

describe('what a training reports', () => {
  it('is where it stands among all its fits, never going back', async () => {
    const told: Progress[] = [];
    const onProgress = (progress: Progress): void => {
      told.push(progress);
    };
    await train(project, { seeds: 2, validation: { split: 'kfold', folds: 3 }, params: { max_iter: 10 } }, { folder: 'told', onProgress });
    const rounds = told.filter(({ message }) => message.includes('Round'));
    expect(rounds[0]?.message).toMatch(/^Seed 1 of 2 · Fold 1 of 3 · Round 1 of 10: log_loss 0\.\d{4}$/);
    expect(rounds.at(-1)?.message).toMatch(/^Seed 2 of 2 · Fold 3 of 3 · Round 10 of 10/);
    expect(rounds).toHaveLength(70);
    const fractions = rounds.map(({ fraction }) => fraction ?? NaN);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
    expect(rounds.at(-1)?.remainingMs).toBe(0);
    expect(rounds[5]?.remainingMs).toBeGreaterThan(0);
  });

  it('is nothing at all once its data has changed', async () => {
    await using changing = await writeProject(
      'datasets: {d: {path: data.csv}}\nfeatures: {f: {target: {big: "x > 3"}, numeric: [x]}}\nstages: {train: {uses: train, dataset: d, features: f, validation: {split: kfold, folds: 3}}}\n',
      small,
    );
    const nested = recordNested([]);
    const training = train(
      changing,
      {},
      {
        folder: 'model',
        nested: async (name, work) => {
          const result = await nested(name, work);
          if (name === 'fold 3') await appendFile(join(changing.root, 'data.csv'), '3,99,odd,0,1,1\n');
          return result;
        },
      },
    );
    await expect(training).rejects.toMatchObject({ code: expect.stringMatching(/^(training\.dataChanged|dataset\.changed)$/) as string });
    expect(existsSync(join(changing.root, 'model'))).toBe(false);
  });
});

describe('weights', () => {
  it.each<[string, Partial<TrainStage>, RegExp]>([
    ['that are negative', { params: { sample_weight: 'negative' } }, /The weight of row \d+ in "negative" is -/],
    ['that are all zero', { params: { sample_weight: 'none' } }, /^Every training row has the weight 0/],
    ['that leave a class without any', { params: { sample_weight: 'even' } }, /class "odd" has the weight 0/],
    ['of a class that are zero', { params: { class_weight: { odd: 0 } } }, /class "odd" has the weight 0/],
  ])('%s are refused', async (name, changes, message) => {
    const training = train(
      project,
      { dataset: 'small', features: 'rare', validation: { split: 'stratified' }, ...changes },
      { folder: name },
    );
    await expect(training).rejects.toMatchObject({ code: 'training.weights', message: expect.stringMatching(message) as string });
    expect(existsSync(join(project.root, name))).toBe(false);
  });
});
