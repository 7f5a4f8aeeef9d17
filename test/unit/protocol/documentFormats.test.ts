import { describe, expect, it } from 'vitest';
import {
  documentFilters,
  documentFormats,
  isOfFormat,
  wakingFiles,
  type DocumentFormat,
} from '../../../src/protocol/tables/documentFormats.ts';

const agents: DocumentFormat = {
  names: ['*.agent.md', 'AGENT'],
  languages: ['markdown', 'plaintext'],
  content: /^---\nname:/,
  wakes: false,
};
const text = '---\nname: x\n---\n';

const isOf = (format: DocumentFormat, place: string, languageId: string, content = ''): boolean =>
  isOfFormat(format, { place, languageId, getText: () => content });

describe('a document', () => {
  it.each([
    ['file:///work/millwright.yaml', true],
    ['C:\\work\\millwright.yaml', true],
    ['millwright.yaml', true],
    ['file:///work/my-millwright.yaml', false],
    ['file:///work/millwright.yaml/other.yaml', false],
  ])('%s is a project file: %s', (place, expected) => {
    expect(isOf(documentFormats.projectFile, place, 'yaml')).toBe(expected);
  });

  it('is of a format by name, language and content alike', () => {
    expect(isOf(agents, '/a/b.agent.md', 'markdown', text)).toBe(true);
    expect(isOf(agents, '/a/AGENT', 'plaintext', text)).toBe(true);
    expect(isOf(agents, '/a/b.md', 'markdown', text)).toBe(false);
    expect(isOf(agents, '/a/b.agent.md', 'yaml', text)).toBe(false);
    expect(isOf(agents, '/a/b.agent.md', 'markdown', '# A heading')).toBe(false);
  });

  it('is judged by the beginning of its text, which is not looked at where the name says no', () => {
    const further: DocumentFormat = { ...agents, content: /here/ };
    expect(isOf(further, 'AGENT', 'plaintext', `${' '.repeat(30_000)}here`)).toBe(false);
    const untouched = (): string => {
      throw new Error('was read');
    };
    expect(isOfFormat(further, { place: 'other', languageId: 'plaintext', getText: untouched })).toBe(false);
  });

  it.each([
    ['*', 'anything', true],
    ['a*a', 'aa', true],
    ['a*a', 'a', false],
    ['*.b.*', 'a.b.c', true],
    ['*.b.*', '.b.', true],
    ['*b*b*', 'abc', false],
    ['a*b*c', 'abbc', true],
    ['a*b*b', 'ab', false],
    ['a.c', 'abc', false],
  ])('the name pattern %s fits %s: %s', (pattern, name, expected) => {
    expect(isOf({ names: [pattern], languages: ['x'], wakes: false }, `/work/${name}`, 'x')).toBe(expected);
  });
});

it('tells an editor of every name in every language, and wakes it at the top of a workspace alone', () => {
  expect(documentFilters([documentFormats.projectFile])).toEqual([{ scheme: 'file', language: 'yaml', pattern: '**/millwright.yaml' }]);
  expect(documentFilters([agents]).map(({ language, pattern }) => `${language} ${pattern}`)).toEqual([
    'markdown **/*.agent.md',
    'plaintext **/*.agent.md',
    'markdown **/AGENT',
    'plaintext **/AGENT',
  ]);
  expect(wakingFiles([documentFormats.projectFile, agents])).toEqual(['millwright.yaml', '*/millwright.yaml']);
});
