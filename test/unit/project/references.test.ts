import { describe, expect, it } from 'vitest';
import { parseReferences, resolveReferences } from '../../../src/engine/project/values/references.ts';
import { aProject, checkDiagnostics, parse } from './checkProject.ts';

const train = (params: string, more = ''): string =>
  aProject({
    top: `name: small\nparams: {rate: 0.05, deep: {er: {leaves: 7}}, list: [1, 2], "dotted.key": 3, word: two words}\n${more}`,
    stages: `  train: {uses: train, dataset: rows, features: basic, params: {${params}}}`,
  });

describe('references', () => {
  it('keep the type of a value that is one reference', () => {
    const { project, diagnostics } = parse(train('learning_rate: "${params.rate}", max_leaf_nodes: "${ params.deep.er.leaves }"'));
    expect(diagnostics).toEqual([]);
    expect(project!.stages.train).toMatchObject({ params: { learning_rate: 0.05, max_leaf_nodes: 7 } });
  });

  it('may stand for a whole mapping', () => {
    const text = aProject({
      top: 'name: small\nparams: {hyper: {max_iter: 9}}',
      stages: '  train: {uses: train, dataset: rows, features: basic, params: "${params.hyper}"}',
    });
    expect(parse(text).project!.stages.train).toMatchObject({ params: { max_iter: 9 } });
  });

  it('are put into longer texts, and may refer to one another', () => {
    const { project } = parse(
      'name: "${params.full}-${params.list}"\nparams: {base: é, full: "${params.base}1", list: [1, 2], literal: "$${params.base}"}\n',
    );
    expect(project!.name).toBe('é1-[1,2]');
    expect(project!.params).toEqual({ base: 'é', full: 'é1', list: [1, 2], literal: '${params.base}' });
  });

  it('find keys that hold points', () => {
    expect(parse('name: "n${params.dotted.key}"\nparams: {dotted.key: 3}\n').project!.name).toBe('n3');
  });

  it('read values of the environment as numbers where numbers are wanted, and list them for masking', () => {
    const { project, secrets } = parse(train('max_iter: "${env.ROUNDS}"').replace('name: small', 'name: "${env.TOKEN}"'), {
      env: { ROUNDS: '12', TOKEN: '34' },
    });
    expect(project).toMatchObject({ name: '34', stages: { train: { params: { max_iter: 12 } } } });
    expect(secrets).toEqual(
      expect.arrayContaining([
        { name: 'TOKEN', value: '34' },
        { name: 'ROUNDS', value: '12' },
      ]),
    );
  });

  it('stay as they are in commands, where they are checked and their secrets noted', () => {
    const { project, secrets } = parse(aProject({ stages: '  go: {run: ["python a.py ${env.KEY}"]}' }), { env: { KEY: 'hush' } });
    expect(project!.stages.go).toEqual({ run: ['python a.py ${env.KEY}'] });
    expect(secrets).toEqual([{ name: 'KEY', value: 'hush' }]);
  });

  it.each([
    ['an unknown name', train('learning_rate: "«${params.rat}»"'), ['project.unknownReference: Did you mean ${params.rate}?']],
    ['another root', train('learning_rate: "«${HOME}»"'), ['project.unknownReference: as ${env.NAME}']],
    [
      'within a longer text',
      train('max_iter: 1').replace('rows.csv', '"a/«${params.wrod}»/b.csv"'),
      ['project.unknownReference: ${params.word}'],
    ],
    [
      'the second of two alike',
      aProject({ stages: '  go: {run: "a ${params.a} «${params.b}»"}', top: 'name: x\nparams: {a: 1}' }),
      ['project.unknownReference'],
    ],
    ['not closed', train('max_iter: 1').replace('rows.csv', '"a/«${params.word»"'), ['project.referenceNotClosed']],
    ['a circle', 'name: x\nparams: {a: "${params.b}", b: "«${params.a}»"}\n', ['project.circularReference']],
    ['an unset variable', train('max_iter: "«${env.ROUNDS}»"'), ['project.envNotSet: ROUNDS']],
    ['braces without quotes', train('learning_rate: «${params.rate}», max_iter: 3'), ['project.unquotedReference: "${params.rate}"']],
  ])('%s is a diagnostic', (_title, text, expected) => {
    if (_title === 'a circle') expect(parse(text.replace(/[«»]/g, '')).diagnostics[0]!.code).toBe('project.circularReference');
    else checkDiagnostics(text, expected);
  });

  it('come from a file of parameters, whose mistakes are shown there', () => {
    const text = train('max_iter: "${params.n}"').replace(/params: \{rate.*\}/, 'params: params.json');
    const good = parse(text, { readText: () => '{"n": 4}' });
    expect(good.project).toMatchObject({ params: { n: 4 }, stages: { train: { params: { max_iter: 4 } } } });
    const bad = parse(text, { readText: () => '\n n: {a: *x}\n' });
    expect(bad.diagnostics[0]).toMatchObject({
      code: 'project.unknownAnchor',
      at: { file: '/work space/prøject/params.json', line: 2, column: 9 },
    });
    expect(parse(text).diagnostics[0]).toMatchObject({ code: 'project.paramsFile', at: { line: 2, column: 9 } });
  });
});

describe('resolveReferences', () => {
  const values = { params: { a: 1, b: { c: 'x y' } }, env: { HOME: '/root' } };

  it.each<[string, unknown]>([
    ['${params.a}', 1],
    [' ${params.b.c} ', 'x y'],
    ['--n=${params.a}', '--n=1'],
    ['${params.b}', { c: 'x y' }],
    ['$${params.a} ${env.HOME}', '${params.a} /root'],
    ['plain $ {text}', 'plain $ {text}'],
  ])('%j', (text, expected) => {
    expect(resolveReferences(text, values)).toEqual(expected);
  });

  it.each([
    ['${params.z}', 'project.unknownReference'],
    ['${env.NOT_THERE}', 'project.envNotSet'],
    ['a ${params.a', 'project.referenceNotClosed'],
    ['${toString}', 'project.unknownReference'],
    ['${params.toString}', 'project.unknownReference'],
  ])('%j is refused', (text, code) => {
    expect(() => resolveReferences(text, values)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('parts cover the text', () => {
    expect(parseReferences('a${params.x}b$${c')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'reference', name: 'params.x', start: 1, end: 12, closed: true },
      { kind: 'text', text: 'b${c' },
    ]);
  });
});
