import { expect, test } from 'vitest';
import { chooseMeans } from '../../../src/engine/proposal/chooseMeans.ts';
import { checkUses, possibleUses } from '../../../src/engine/proposal/possibleUses.ts';
import { proposeUse } from '../../../src/engine/proposal/columnUses.ts';
import type { ColumnProfile, ColumnUse } from '../../../src/protocol/dataset.ts';
import { trainerNames } from '../../../src/protocol/tables/trainers.ts';

const rows = 1000;

function column(name: string, type: ColumnProfile['type'], known: Partial<ColumnProfile> = {}): ColumnProfile {
  return {
    ...{ name, type, storedAs: 'VARCHAR', missing: 0, distinct: 400, distinctIsEstimate: false, infinite: 0, top: [] },
    ...{ min: undefined, max: undefined, mean: undefined, standardDeviation: undefined, outliers: undefined, histogram: undefined },
    ...known,
  };
}

test.each([
  ['a number', column('a', 'number'), ['numeric', 'categorical', 'ignored']],
  ['a truth value', column('a', 'boolean', { distinct: 2 }), ['numeric', 'categorical', 'ignored']],
  ['a text', column('a', 'text'), ['categorical', 'ignored']],
  ['a time', column('a', 'timestamp'), ['time', 'ignored']],
  ['a time that is missing in a row', column('a', 'timestamp', { missing: 1 }), ['ignored']],
  ['a time with few moments', column('a', 'timestamp', { distinct: 9 }), ['ignored']],
  ['a list', column('a', 'text', { storedAs: 'INTEGER[]' }), ['ignored']],
  ['what has no value', column('a', 'number', { missing: rows, distinct: 0 }), ['ignored']],
  ['a name that means a reference', column('${a}', 'number'), ['ignored']],
])('%s can be used as it is', (_, profile, uses) => {
  expect(possibleUses(profile, rows)).toEqual(uses);
});

const untold = { telling: new Set<string>(), nearly: new Map<string, number>(), sum: undefined };
const context = { rows, targetColumns: ['y'], targetExpression: undefined, time: undefined, told: untold, chosen: new Map(), first: 'id' };

test('a choice counts, beside the reason of the proposal that it overrules', () => {
  const id = column('id', 'integer', { distinct: rows, min: 1, max: rows });
  const chosen = (use: ColumnUse) => proposeUse(id, { ...context, chosen: new Map([['id', use]]) });
  expect(proposeUse(id, context)).toMatchObject({ use: 'ignored', reason: expect.stringContaining('it identifies rows') as string });
  expect(chosen('numeric')).toMatchObject({
    use: 'numeric',
    reason: expect.stringMatching(/^taken by you, although it identifies/) as string,
  });
  const leak = proposeUse(column('tax', 'number'), {
    ...context,
    told: { ...untold, telling: new Set(['tax']) },
    chosen: new Map([['tax', 'categorical']]),
  });
  expect(leak).toMatchObject({ use: 'categorical', reason: expect.stringMatching(/^taken by you, although it alone tells/) as string });
  expect(chosen('ignored')).toMatchObject({ use: 'ignored', reason: 'left out by you' });
});

test.each<[Readonly<Record<string, ColumnUse>>, string]>([
  [{ agee: 'numeric' }, 'proposal.unknownColumn'],
  [{ when: 'numeric' }, 'proposal.impossibleUse'],
  [{ age: 'time' }, 'proposal.impossibleUse'],
  [{ y: 'ignored' }, 'proposal.impossibleUse'],
  [{ when: 'time', then: 'time' }, 'proposal.severalTimes'],
])('%j is refused', (uses, code) => {
  const columns = [column('age', 'number'), column('when', 'timestamp'), column('then', 'timestamp'), column('y', 'number')];
  expect(() => {
    checkUses(new Map(Object.entries(uses)), { path: 'a.csv', rows, columns }, 'y');
  }).toThrow(expect.objectContaining({ code, kind: 'usage', remedy: expect.any(String) as string }));
});

test('every trainer fits some task, trees every one, and a verdict leads with the metric that is chosen', () => {
  const tasks = ['binary', 'multiclass', 'regression'] as const;
  const fitting = tasks.flatMap((task) => chooseMeans(task, {}).options.trainers);
  expect(new Set(fitting)).toEqual(new Set(trainerNames));
  for (const task of tasks) expect(chooseMeans(task, {}).trainer).toBe('gbdt');
  expect(chooseMeans('binary', { metric: 'accuracy_score' }).metric).toBe('accuracy_score');
  expect(() => chooseMeans('multiclass', { metric: 'r2_score' })).toThrow(expect.objectContaining({ code: 'proposal.metricTask' }));
  expect(() => chooseMeans('binary', { trainer: 'linear' })).toThrow(expect.objectContaining({ code: 'proposal.trainerTask' }));
});
