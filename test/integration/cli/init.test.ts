import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PipelineResult } from '../../../src/protocol/pipeline.ts';
import { temporaryFolder } from '../../support/project.ts';
import { contentOf, failuresIn, millwright } from './millwrightProcess.ts';

const data = join(import.meta.dirname, '../../../node_modules/vega-datasets/data');

describe('init writes a project that runs:', () => {
  test.each([
    ['seattle-weather.csv', 'weather', 'classification of several classes'],
    ['seattle-weather.csv', 'temp_max', 'regression'],
    ['birdstrikes.csv', 'Wildlife Size', 'several classes, among columns whose names hold spaces'],
  ])('%s, predicting %s', async (file, target) => {
    const root = temporaryFolder();
    copyFileSync(join(data, file), join(root, file));
    const made = await millwright(root, ['init', file, '--target', target, '--environment', 'development', '--json']);
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(made.stdout) as { target: string; columns: { use: string; reason: string }[]; ignored: string[] };
    expect(answer.target).toBe(target);
    for (const { reason } of answer.columns) expect(reason).toMatch(/\w+ \w+/);
    expect(answer.ignored).toEqual(expect.arrayContaining(['mlflow.db*', 'mlruns/']));
    const ran = await millwright(root, ['run', '--json']);
    expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });
    expect(existsSync(join(root, 'predictions.parquet'))).toBe(true);
    const again = JSON.parse((await millwright(root, ['run', '--json'])).stdout) as PipelineResult;
    expect(again.stages.map(({ state }) => state)).toEqual(again.stages.map(() => 'unchanged'));
  });
});

test('a trial on a sample runs every stage and changes nothing of the project', async () => {
  const root = temporaryFolder();
  copyFileSync(join(data, 'seattle-weather.csv'), join(root, 'data.csv'));
  await millwright(root, ['init', 'data.csv', '--target', 'weather', '--json']);
  const before = contentOf(root);
  const ran = await millwright(root, ['run', '--sample', '200', '--json']);
  expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });
  const { stages } = JSON.parse(ran.stdout) as PipelineResult;
  expect(stages.map(({ name, state }) => [name, state])).toEqual(['check', 'train', 'evaluate', 'predict'].map((name) => [name, 'done']));
  const own = (content: Readonly<Record<string, unknown>>): string[] =>
    Object.keys(content).filter((path) => !path.startsWith('.millwright'));
  expect(own(contentOf(root))).toEqual(own(before));
  const status = await millwright(root, ['models', '--json']);
  expect(JSON.parse(status.stdout)).toEqual([]);
  expect(existsSync(join(root, '.millwright/sample/predictions.parquet'))).toBe(true);
  expect((await millwright(root, ['run', '--sample', '200', '--detach'])).code).toBe(2);
});

test('names with spaces, quotes and emoji, CRLF and a byte order mark', async () => {
  const root = join(temporaryFolder(), `it's "my" 🚀 project`);
  mkdirSync(root);
  const file = `flight's "data" ✈.csv`;
  const rows = Array.from(
    { length: 400 },
    (_, index) => `${index % 17},${index % 2 === 0 ? 'ja' : 'nö'},${index % 17 > 8 ? 'late' : 'in time'}`,
  );
  writeFileSync(join(root, file), `\ufeff"x 'y' 🎯",a b,état\r\n${rows.join('\r\n')}\r\n`);
  const made = await millwright(root, ['init', file, '--target', 'état', '--environment', 'homelab']);
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
  writeFileSync(join(root, 'millwright.yaml'), `\ufeff${readFileSync(join(root, 'millwright.yaml'), 'utf8').replaceAll('\n', '\r\n')}`);
  const ran = await millwright(root, ['run', '--json']);
  expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });
});

test('semicolons, decimal commas, days before months, and missing values just below the limit of the check', async () => {
  const root = temporaryFolder();
  const rows = Array.from({ length: 400 }, (_, index) => {
    const size = ((index * 37) % 211) / 10 + 0.05;
    const day = String((index % 28) + 1).padStart(2, '0');
    const month = String((Math.floor(index / 28) % 12) + 1).padStart(2, '0');
    const noise = ((index * 53) % 17) / 4;
    return [index % 10 === 3 && index % 20 !== 3 ? '' : size, `${day}.${month}.${2019 + Math.floor(index / 336)}`, 3 * size + noise]
      .map((value) => String(value).replace(/^([\d]+)\.(\d+)$/, '$1,$2'))
      .join(';');
  });
  writeFileSync(join(root, 'maße.csv'), `size;seen on;price\n${rows.join('\n')}\n`);
  const made = await millwright(root, ['init', 'maße.csv', '--target', 'price', '--environment', 'development', '--json']);
  expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(made.stdout)).toMatchObject({ task: 'regression' });
  expect(readFileSync(join(root, 'millwright.yaml'), 'utf8')).toContain('read: {date_format: "%d.%m.%Y", decimal: ","}');
  const ran = await millwright(root, ['run', '--json']);
  expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });
});

test('columns that alone tell the target are left out, so that the training does not stop for them', async () => {
  const root = temporaryFolder();
  const rows = Array.from({ length: 600 }, (_, index) => {
    const size = ((index * 37) % 211) / 10 + 0.05;
    const price = 3 * size + ((index * 53) % 17) / 4;
    const missing = index % 20 === 7;
    return [size, missing ? '' : price * 1.19 + 2, price > 30 ? 'dear' : 'cheap', price];
  });
  writeFileSync(join(root, 'sold.csv'), `size,with tax,segment,price\n${rows.join('\n')}\n`);
  const proposed = async (target: string): Promise<Record<string, string>> => {
    const made = await millwright(root, ['init', 'sold.csv', '--target', target, '--environment', 'development', '--json']);
    const { columns } = JSON.parse(made.stdout) as { columns: { column: string; use: string }[] };
    return Object.fromEntries(columns.map(({ column, use }) => [column, use]));
  };
  expect(await proposed('price')).toEqual({ size: 'numeric', 'with tax': 'ignored', segment: 'categorical', price: 'target' });
  expect(readFileSync(join(root, 'millwright.yaml'), 'utf8')).toContain('#   with tax: it alone tells the target');
  const ran = await millwright(root, ['run', '--json']);
  expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });

  rmSync(join(root, 'millwright.yaml'));
  expect(await proposed('segment')).toEqual({ size: 'numeric', 'with tax': 'ignored', segment: 'target', price: 'ignored' });
});

describe('what a person chooses is followed, and the project still runs at once:', () => {
  /** Numbers with missing ones, codes, a copy of the target in another unit, and a title above the header. */
  const sold = (root: string): void => {
    const rows = Array.from({ length: 600 }, (_, index) => {
      const size = ((index * 37) % 211) / 10 + 0.05;
      const price = 3 * size + ((index * 53) % 17) / 4;
      const day = new Date(Date.UTC(2021, 0, 1, index * 9)).toISOString().slice(0, 16);
      const known = index % 9 === 4 ? 'unknown' : size;
      return [index + 1, known, index % 6, price * 1.19 + 2, index % 3 === 0, day, price > 30 ? 'dear' : 'cheap', price];
    });
    writeFileSync(join(root, 'sold.csv'), `Sold in 2021\nid,size,rooms,with tax,new,day,segment,price\n${rows.join('\n')}\n`);
  };
  const readAsMeant = ['--read', 'skip=1', '--read', 'null_values=unknown'];

  test.each([
    ['a linear model of a number', 'price', 'linear', ['r2_score', 'random'], ['rooms=categorical', 'with tax=numeric', 'id=numeric']],
    ['a linear model of two classes', 'segment', 'logistic', ['accuracy_score', 'time'], ['size=categorical', 'new=categorical']],
    ['trees, without the time', 'price', 'gbdt', ['mean_absolute_error', 'random'], ['day=ignored', 'rooms=categorical']],
  ])('%s', async (_, target, trainer, [metric = '', split = ''], uses) => {
    const root = temporaryFolder();
    sold(root);
    const chosen = ['--trainer', trainer, '--metric', metric, '--split', split, ...uses.flatMap((use) => ['--use', use])];
    const made = await millwright(root, ['init', 'sold.csv', '--target', target, ...readAsMeant, ...chosen, '--json']);
    expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 0, stderr: '' });
    const answer = JSON.parse(made.stdout) as { columns: { column: string; use: string }[] };
    expect(answer).toMatchObject({ trainer, metric, split });
    expect(answer.columns.map(({ column, use }) => `${column}=${use}`)).toEqual(expect.arrayContaining(uses));
    expect(readFileSync(join(root, 'millwright.yaml'), 'utf8')).toContain('null_values: [unknown], skip: 1');
    const ran = await millwright(root, ['run', '--json']);
    expect({ code: ran.code, failures: failuresIn(ran.stdout) }).toEqual({ code: 0, failures: [] });
    const { stages } = JSON.parse(ran.stdout) as PipelineResult;
    const evaluated = stages.find(({ name }) => name === 'evaluate');
    expect(evaluated?.metrics[0]?.name).toBe(metric);
  });

  test.each([
    [['--use', 'sizes=numeric'], 'proposal.unknownColumn', 'Did you mean "size"?'],
    [['--use', 'segment=numeric'], 'proposal.impossibleUse', '"segment" cannot be numeric: it holds texts.'],
    [['--use', 'price=ignored'], 'proposal.impossibleUse', 'it is what the model predicts'],
    [['--trainer', 'logistic'], 'proposal.trainerTask', 'Choose one of gbdt, linear.'],
    [['--metric', 'rmse'], 'proposal.metricTask', 'Did you mean "root_mean_squared_error"?'],
    [['--split', 'time', '--use', 'day=ignored'], 'proposal.noTimeSplit', 'no column that is used holds a time'],
    [['--read', 'skip_rows=1'], 'project.unknownReadKey', 'The options are format, delimiter'],
    [['--read', 'header=maybe'], 'project.wrongReadValue', 'It must be true or false.'],
  ])('%j is refused with what can be said instead', async (choice, code, said) => {
    const root = temporaryFolder();
    sold(root);
    const ended = await millwright(root, ['init', 'sold.csv', '--target', 'price', ...readAsMeant, ...choice]);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`[${code}]`) as string });
    expect(ended.stderr).toContain(said);
    expect(existsSync(join(root, 'millwright.yaml'))).toBe(false);
  });
});

describe('init', () => {
  test('never writes over a project file', async () => {
    const root = temporaryFolder();
    copyFileSync(join(data, 'seattle-weather.csv'), join(root, 'data.csv'));
    writeFileSync(join(root, 'millwright.yaml'), 'name: mine\n');
    const before = contentOf(root);
    const ended = await millwright(root, ['init', 'data.csv', '--yes']);
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 3, stderr: expect.stringContaining('[project.exists]') as string });
    expect(contentOf(root)).toEqual(before);
  });

  test('completes a .gitignore without changing what is in it', async () => {
    const root = temporaryFolder();
    copyFileSync(join(data, 'seattle-weather.csv'), join(root, 'data.csv'));
    writeFileSync(join(root, '.gitignore'), 'node_modules\r\nmlruns/');
    await millwright(root, ['init', 'data.csv', '--target', 'weather']);
    expect(readFileSync(join(root, '.gitignore'), 'utf8')).toBe('node_modules\r\nmlruns/\r\nmlflow.db*\r\n/predictions.parquet\r\n');
  });

  test('asks for the target, and says which columns there are, where nobody can answer', async () => {
    const root = temporaryFolder();
    copyFileSync(join(data, 'seattle-weather.csv'), join(root, 'data.csv'));
    const ended = await millwright(root, ['init', 'data.csv']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/\[init\.noTarget\]\n.*--target.*temp_max/s);
    expect(existsSync(join(root, 'millwright.yaml'))).toBe(false);
  });

  test('names the columns there are when the target is none of them', async () => {
    const root = temporaryFolder();
    copyFileSync(join(data, 'seattle-weather.csv'), join(root, 'data.csv'));
    const ended = await millwright(root, ['init', 'data.csv', '--target', 'wether']);
    expect(ended.code).toBe(3);
    expect(ended.stderr).toMatch(/There is no column "wether" to predict\. \[proposal\.unknownTarget\]\n.*Did you mean "weather"\?/);
    expect(existsSync(join(root, 'millwright.yaml'))).toBe(false);
  });
});
