import { describe, expect, it } from 'vitest';
import { aProject, checkDiagnostics, parse } from './checkProject.ts';

describe('a project without mistakes', () => {
  it('has defaults for what the file leaves out', () => {
    const { project, diagnostics } = parse('name: small\n');
    expect(diagnostics).toEqual([]);
    expect(project).toMatchObject({ name: 'small', seed: 42, environment: undefined, experiment: 'small', params: {} });
    expect(project!.stages).toEqual({});
  });

  it('takes anchors, aliases and merge keys, with explicit keys winning over merged ones', () => {
    const { project, diagnostics } = parse(
      aProject({
        top: 'name: small\nx-shared: &base {uses: train, dataset: rows, features: basic, trainer: gbdt}',
        stages: '  one: {<<: *base, trainer: logistic}\n  two:\n    <<: [*base, {needs: [one]}]\n',
      }),
    );
    expect(diagnostics).toEqual([]);
    expect(project!.stages).toEqual({
      one: { uses: 'train', dataset: 'rows', features: 'basic', trainer: 'logistic' },
      two: { uses: 'train', dataset: 'rows', features: 'basic', trainer: 'gbdt', needs: ['one'] },
    });
  });

  it('leaves dates, yes and no as texts, and reads a byte order mark and Windows line ends', () => {
    const text = aProject({
      datasets:
        '  rows: {path: "rows 🙂 \'1\'.csv", time: at, during: {since: 2001-03-01, before: 2001-03-02 04:05}, read: {null_values: [no, NA]}}',
    });
    const { project, diagnostics } = parse(`\uFEFF${text.replaceAll('\n', '\r\n')}`);
    expect(diagnostics).toEqual([]);
    expect(project!.datasets.rows).toMatchObject({
      path: "rows 🙂 '1'.csv",
      during: { since: '2001-03-01', before: '2001-03-02 04:05' },
      read: { null_values: ['no', 'NA'] },
    });
  });

  it('inherits nothing: a stage called constructor is a stage, and one that is not there is undefined', () => {
    const { project } = parse(aProject({ stages: '  constructor: {run: python a.py}' }));
    expect(Object.keys(project!.stages)).toEqual(['constructor']);
    expect('toString' in project!.stages).toBe(false);
  });
});

describe('keys', () => {
  it.each([
    ['an unknown key names the nearest', aProject({ top: 'name: x\n«sed»: 1' }), ['project.unknownKey: Did you mean "seed"?']],
    ['an unknown key without a near one lists the legal ones', 'name: x\n«qqq»: 1\n', ['project.unknownKey: Legal keys: version, name']],
    ['a missing key is said at what needs it', '«seed: 1»\n', ['project.missingKey: The project file needs the key "name".']],
    [
      'a stage without its data set',
      aProject({ stages: '  «train»: {uses: train, features: basic}' }),
      ['project.missingKey: stages.train needs the key "dataset". Add it: The data set to learn from.'],
    ],
    ['a second key of the same name', 'name: x\nseed: 1\n«seed»: 2\n', ['project.duplicateKey: The key "seed" stands here a second time.']],
    ['a key that is a list', 'name: x\n? «[a, b]»\n: 1\n', ['project.keyNotText: [a, b]']],
    ['a key that would reach into our own objects', 'name: x\nparams: {«__proto__»: 1}\n', ['project.reservedKey: __proto__']],
    ['a later capability', 'name: x\n«monitors»: {}\n', ['project.notYetSupported: drift monitors']],
    [
      'a key that nothing planned has',
      aProject({ stages: '  train: {uses: train, dataset: rows, features: basic, «search»: grid}' }),
      ['project.unknownKey: "search"'],
    ],
    ['a later kind of stage', aProject({ stages: '  t: {uses: «tune»}' }), ['project.notYetSupported: tuning']],
    ['another store', 'name: x\ntracking: {uri: «"http://localhost:5000"»}\n', ['project.notYetSupported: mlflow.db']],
    ['a name with a space', aProject({ stages: '  «my stage»: {run: a}' }), ['project.wrongName: letters, digits']],
  ])('%s', (_title, text, expected) => {
    checkDiagnostics(text, expected);
  });

  it.each(['deployments', 'monitors', 'feature_views', 'engines', 'schedules'])('a later capability: %s', (key) => {
    checkDiagnostics(`name: x\n«${key}»: {}\n`, [`project.notYetSupported: "${key}"`]);
  });

  it('takes the default store by its own name', () => {
    expect(parse('name: x\ntracking: {uri: "sqlite:///mlflow.db"}\n').diagnostics).toEqual([]);
  });
});

describe('values', () => {
  const train = (more: string): string => aProject({ stages: `  train: {uses: train, dataset: rows, features: basic, ${more}}` });

  it.each([
    ['a number as text', train('params: {max_iter: «many»}'), ['project.wrongValue: is "many", but must be a whole number of at least 1.']],
    ['a fraction for a whole number', train('params: {max_iter: «1.5»}'), ['project.wrongValue: is 1.5, but must be a whole number']],
    ['out of range', train('params: {max_bins: «1000»}'), ['project.wrongValue: is 1000, but must be a whole number from 2 to 255.']],
    ['not a number', train('params: {learning_rate: «.nan»}'), ['project.wrongValue: is NaN, but must be a number above 0.']],
    ['empty', train('«params»:'), ['project.wrongValue: stages.train.params is empty, but must be a mapping.']],
    ['a mapping for a list', aProject({ features: '  basic: {target: y, numeric: «3»}' }), ['project.wrongValue: a list or a mapping']],
    ['one of some words', train('trainer: «gdbt»'), ['project.wrongValue: cannot be "gdbt". Did you mean "gbdt"?']],
    ['the form that was meant', train('threshold: {maximize: «roc_auc»}'), ['project.wrongValue: f1_score']],
    ['a wrong form', train('«threshold»: [1]'), ['project.wrongValue: is a list, but must be a number from 0 to 1 or a mapping.']],
    [
      'a day that does not exist',
      aProject({ datasets: '  rows: {path: a, time: t, during: {since: «2001-02-30»}}' }),
      ['project.wrongValue: date'],
    ],
    ['no length of time', aProject({ datasets: '  rows: {path: a, time: t, during: {last: «30»}}' }), ['project.wrongValue: such as 30d']],
    ['neither uses nor run', aProject({ stages: '  «train»: {dataset: rows}' }), ['project.missingKey: uses']],
    ['uses and run', aProject({ stages: '  train: {uses: train, «run»: a}' }), ['project.usesAndRun']],
    ['an unknown kind', aProject({ stages: '  train: {uses: «trian»}' }), ['project.wrongValue: Did you mean "train"?']],
    ['a stage that is a text', aProject({ stages: '  «train»: python a.py' }), ['project.wrongValue: must be a mapping']],
    ['stages as a list', 'name: x\n«stages»:\n  - {run: a}\n', ['project.wrongValue: must be a mapping of names']],
  ])('%s', (_title, text, expected) => {
    checkDiagnostics(text, expected);
  });

  it('names of other tools name ours, and carry it for the quick fix', () => {
    const text = train('params: {«n_estimators»: 3, «eta»: 0.1, «num_leaves»: 4}').replace(
      /\n$/,
      '\n  e: {uses: evaluate, model: train, dataset: rows, metrics: [«auc», «rmse»]}\n',
    );
    checkDiagnostics(text, [
      'project.synonym: max_iter',
      'project.synonym: learning_rate',
      'project.synonym: max_leaf_nodes',
      'project.synonym: roc_auc',
      'project.synonym: root_mean_squared_error',
    ]);
    const { diagnostics } = parse(text.replace(/[«»]/g, ''));
    expect(diagnostics.map(({ args }) => args!.nearest)).toEqual([
      'max_iter',
      'learning_rate',
      'max_leaf_nodes',
      'roc_auc',
      'root_mean_squared_error',
    ]);
  });

  it('finds everything at once, in the order of the text', () => {
    checkDiagnostics(
      aProject({
        top: 'name: x\n«sed»: 1',
        datasets: '  rows: {path: a, «tme»: t}',
        stages: '  train: {uses: train, dataset: «row», features: basic, params: {max_depth: «0»}}',
      }),
      ['project.unknownKey: seed', 'project.unknownKey: time', 'project.unknownName: rows', 'project.wrongValue: from 1 to 64'],
    );
  });
});

describe('YAML', () => {
  it.each([
    ['a bracket that is never closed', 'name: x\nparams: {a: 1\n«»', 'project.syntax'],
    ['a tab for indentation', 'name: x\nparams:\n«\t»a: 1\n', 'project.tab'],
    ['two documents', 'name: x\n«---\nname: y\n»', 'project.syntax'],
    ['an unknown tag', 'name: !!binary x\n', 'project.syntax'],
    ['an alias without its anchor', 'name: x\nparams: {a: «*nowhere»}\n', 'project.unknownAnchor'],
    ['an alias within its anchor', 'name: x\nparams: &p {a: «*p»}\n', 'project.endlessAlias'],
    ['a merge of a number', 'name: x\nparams: {<<: «3»}\n', 'project.mergeNotMapping'],
  ])('%s', (_title, marked, code) => {
    const { diagnostics } = parse(marked.replace(/[«»]/g, ''));
    expect(diagnostics[0]!.code).toBe(code);
    if (code !== 'project.syntax') checkDiagnostics(marked, [code]);
  });

  it.each([
    ['an empty file', ''],
    ['a comment only', '# nothing\n'],
    ['a list', '- a\n'],
    ['a word', 'hello'],
  ])('says what %s is', (_title, text) => {
    expect(parse(text).diagnostics.map(({ code }) => code)).toEqual(['project.empty']);
  });

  it('tells a tab once, whatever follows from it', () => {
    const text = 'name: x\nstages:\n\ttrain: {uses: train}\n\tother: {uses: train}\n  - a\n';
    const { diagnostics } = parse(text);
    expect(diagnostics.map(({ code, at }) => [code, at?.line, at?.column])).toEqual([['project.tab', 3, 1]]);
  });

  it('says what a bare number of a gate is meant to be', () => {
    const { diagnostics } = parse('name: x\nstages:\n  e: {uses: evaluate, model: m@a, dataset: d, gate: {roc_auc: 0.7}}\n');
    const found = diagnostics.find(({ code }) => code === 'project.wrongValue');
    expect(found?.remedy).toContain('{min: 0.7}');
    expect(found?.args).toMatchObject({ replacement: '{min: 0.7}' });
  });

  it('refuses a bomb of aliases without expanding it', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `x-${String(level + 1)}: &l${String(level + 1)} [${Array(9)
          .fill(`*l${String(level)}`)
          .join(', ')}]`,
    );
    const { diagnostics } = parse(`name: x\nx-0: &l0 [a, b]\n${levels.join('\n')}\nparams: {a: *l12}\n`);
    expect(diagnostics.map(({ code }) => code)).toContain('project.tooLarge');
  });

  it('refuses a bomb of references', () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `  p${String(level + 1)}: "${'${params.p' + String(level) + '}'.repeat(1)}${'${params.p' + String(level) + '}'}"`,
    );
    const { diagnostics } = parse(`name: x\nparams:\n  p0: aaaaaaaaaa\n${levels.join('\n')}\n`);
    expect(diagnostics.map(({ code }) => code)).toContain('project.tooLarge');
  });

  it.each(['[', '{a: ', '- ', '&a ', '!', '"', "'"])('survives thousands of %j', (piece) => {
    expect(parse(piece.repeat(20_000)).project).toBeUndefined();
  });
});
