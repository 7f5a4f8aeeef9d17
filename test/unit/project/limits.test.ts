import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../../src/engine/project/loadProject.ts';
import { bombs } from '../../support/bombs.ts';
import { parse } from './checkProject.ts';

const codesOf = (text: string): readonly string[] => parse(text).diagnostics.map(({ code }) => code);

describe('a project file that is too large', () => {
  it.each([13_000_000, 5_000_000])('is refused in the same words in the terminal and the editor (%i bytes)', async (length) => {
    const text = `name: x # ${'a'.repeat(length)}`;
    const folder = mkdtempSync(join(tmpdir(), 'millwright-limits-'));
    try {
      writeFileSync(join(folder, 'millwright.yaml'), text);
      const [inTerminal] = (await loadProject(folder)).diagnostics;
      const [inEditor] = parse(text).diagnostics;
      expect(inEditor).toMatchObject({ code: 'project.tooLarge', at: { line: 1 } });
      expect([inTerminal?.message, inTerminal?.remedy]).toEqual([inEditor?.message, inEditor?.remedy]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is told by its signs, not by its length alone', () => {
    expect(codesOf(`name: x\nx-a: [${'1, '.repeat(260_000)}]\n`)).toEqual(['project.tooLarge']);
    expect(codesOf(`name: x\nx-a: ${'a'.repeat(3_000_000)}\n`)).toEqual([]);
  });
});

describe('a search that stops', () => {
  it('says so first, with the parts that were not checked', () => {
    const unknown = Array.from({ length: 300 }, (_, index) => `  s${index}: {uses: train, dataset: d, features: f, nonsense${index}: 1}\n`);
    const { diagnostics, project } = parse(`name: x\nstages:\n${unknown.join('')}`);
    expect(project).toBeUndefined();
    expect(diagnostics).toHaveLength(201);
    expect(diagnostics[0]).toMatchObject({ code: 'project.notChecked', at: { line: 1, column: 1 } });
    expect(diagnostics[0]?.message).toContain('stages, names, declared columns and limits, how the parts fit together, ranges of numbers');
  });

  it('is so alike each time: it counts work, not time', () => {
    const text = bombs['data sets in a chain']!();
    const { diagnostics } = parse(text);
    expect(diagnostics.map(({ code }) => code)).toEqual(['project.notChecked']);
    expect(diagnostics[0]?.message).toContain('too much work');
    expect(parse(text).diagnostics).toEqual(diagnostics);
  });

  it('is not needed for thousands of good stages', () => {
    expect(Object.keys(parse(bombs['10,000 stages']!()).project?.stages ?? {})).toHaveLength(10_000);
    expect(Object.keys(parse(bombs['stages in a chain of files']!()).project?.stages ?? {})).toHaveLength(10_000);
  });

  it('ends a chain of references that is longer than calls go deep', () => {
    expect(codesOf(bombs['a chain of references']!())).toContain('project.longReference');
  });
});
