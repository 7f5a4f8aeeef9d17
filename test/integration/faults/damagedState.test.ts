/** Every file of a project's state, damaged in every way: whatever it is, it is said, by a named failure or by name; never a fault of ours. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findDamagedState } from '../../../src/engine/pipeline/records/damagedState.ts';
import { expectNamed } from '../../support/commandHost.ts';
import { damages } from '../../support/damages.ts';
import { draw, sweepSeed } from '../../support/draw.ts';
import { makeLivedProject, predictArguments, type LivedProject } from '../../support/livedProject.ts';
import { placesIn } from '../../support/projectPlaces.ts';
import { sweep } from '../../support/sweep.ts';

let lived: LivedProject;
let places: ReadonlyMap<string, string>;

beforeAll(async () => {
  lived = await makeLivedProject();
  places = placesIn(lived.root);
});
afterAll(async () => {
  await lived[Symbol.asyncDispose]();
});
beforeEach(() => {
  lived.reset();
});

const kinds = [
  '.millwright/audit.chain.jsonl',
  '.millwright/audit.log',
  '.millwright/audit.pending.json',
  '.millwright/cache/<key>/entry.json',
  '.millwright/jobs/<id>/events.jsonl',
  '.millwright/jobs/<id>/job.json',
  '.millwright/jobs/<id>/result.json',
  '.millwright/operations/<id>.json',
  '.millwright/operations/<id>/earlier<number>',
  '.millwright/run.holder',
  '.millwright/stages/<stage>.json',
  '.millwright/validation/check/report.json',
  '.millwright/validation/check/summary.json',
  'millwright.lock',
  'mlflow.db',
  'mlruns/1/<run>/artifacts/evaluation/evaluate.json',
  'mlruns/1/<run>/artifacts/model/millwright.json',
  'mlruns/1/<run>/artifacts/model/model.onnx',
];
/** Empty files: less than nothing cannot become of them. */
const locks = ['.millwright/audit.lock', '.millwright/jobs/<id>/lock', '.millwright/run.lock'];
const ofEmpty = ['full of rubbish', 'of another type', 'of a foreign version', 'with the marks of a merge'];

/** While nothing runs, nobody is named as the holder. */
function isNothing(kind: string, damage: string): boolean {
  return kind === '.millwright/run.holder' && damage === 'emptied';
}

const cases = [
  ...kinds
    .flatMap((kind) => Object.keys(damages).map((damage) => [kind, damage] as const))
    .filter(([kind, damage]) => !isNothing(kind, damage)),
  ...locks.flatMap((kind) => ofEmpty.map((damage) => [kind, damage] as const)),
];

/** An append that a writer has decided on, and not begun. */
const pending = { logBytes: 1, chainBytes: 1, text: 'a line\n', link: { line: 1, operation_id: 'operation', hash: 'hash' } };

describe(`a file of the state (seed ${sweepSeed})`, () => {
  it.each(draw(cases, sweep({ sample: 14, whole: Infinity })))('%s %s', async (kind, damage) => {
    const { root, host } = lived;
    const path = places.get(kind)!;
    if (!existsSync(path)) writeFileSync(path, JSON.stringify(pending));
    writeFileSync(path, damages[damage]!(readFileSync(path)));
    const place = relative(root, path);
    const name = place.includes('/model/') ? dirname(place) : place; // a model counts whole
    let said = (await findDamagedState(root)).includes(place);
    const commands = [
      ['status'],
      ['jobs'],
      ['runs'],
      ['models'],
      ['audit', '--verify'],
      ['report', 'evaluate'],
      ['report', 'check'],
      ['undo', String(lived.predictionLine)],
      ['models', 'alias', 'tiny', 'tried', '1'],
      ['run', '--force', 'predict'],
      predictArguments,
      ['clean'],
    ];
    for (const args of commands) {
      const answer = await host.run(root, args);
      expectNamed(args.join(' '), answer);
      said ||= answer.exitCode !== 0 || `${answer.stdout}${answer.stderr}`.includes(name);
    }
    expect(said, 'nothing was said of it').toBe(true);
  });

  it('that is damaged is named by "millwright doctor"', async () => {
    const { root, host } = lived;
    const path = places.get('.millwright/jobs/<id>/job.json')!;
    writeFileSync(path, '');
    const { exitCode, stdout } = await host.run(root, ['doctor']);
    expect(exitCode).toBe(4);
    expect(stdout).toContain(relative(root, path));
  });
});
