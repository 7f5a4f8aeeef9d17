import { describe, expect, test } from 'vitest';
import { faultTexts } from '../../../src/cli/commands/audit.ts';
import { renderAudit } from '../../../src/cli/render/audit.ts';
import { plain } from '../../../src/cli/render/style.ts';
import type { AuditEntry, AuditLine } from '../../../src/protocol/audit.ts';

function aLine(line: number, operationId: string, entry: Partial<AuditEntry>): AuditLine {
  return {
    line,
    operationId,
    entry: {
      timestamp: '2026-05-01T12:00:00.000Z',
      user: 'ann',
      change_ticket: null,
      environment: 'development',
      operation: 'alias.set',
      model_name: null,
      model_version: null,
      command: 'millwright models alias',
      outcome: 'success',
      resources_affected: [],
      rollback_available: true,
      duration_seconds: 1,
      metrics: null,
      error_detail: null,
      ...entry,
    },
  };
}

describe('the audit log on a screen', () => {
  const marked = (lines: readonly AuditLine[]) =>
    renderAudit(lines, { style: plain }).flatMap((text) => /^ *(\d+) .*↺/.exec(text)?.[1] ?? []);

  test('marks a change once, by the line of its end, also where it failed and left something', () => {
    const failure = { outcome: 'failure', rollback_available: false } as const;
    const lines = [aLine(1, 'a', { outcome: 'started' }), aLine(2, 'a', {}), aLine(3, 'b', failure)];
    expect(marked([...lines, aLine(4, 'c', { ...failure, rollback_available: true })])).toEqual(['2', '4']);
  });

  test('marks a change again whose undo was taken back', () => {
    const undo = (line: number, operation: string, of: string) =>
      aLine(line, operation, { operation: 'undo', resources_affected: [`operation ${of}`] });
    const lines = [aLine(1, 'a', {}), undo(2, 'b', 'a'), undo(3, 'c', 'b')];
    expect(marked(lines)).toEqual(['1', '3']);
    expect(marked([...lines, undo(4, 'd', 'a')])).toEqual(['3', '4']);
  });

  test('marks no change that was taken back; the taking back itself can be', () => {
    const lines = [aLine(2, 'a', {}), aLine(4, 'b', { operation: 'undo', resources_affected: ['operation a', 'models:/m@champion'] })];
    expect(marked(lines)).toEqual(['4']);
    const filtered = renderAudit(lines.slice(0, 1), { style: plain, log: lines });
    expect(filtered.join('\n')).not.toContain('↺');
    expect(renderAudit(lines, { style: plain }).find((text) => text.includes('undo '))).toContain('line 2 · models:/m@champion');
  });

  test('fits a narrow terminal', () => {
    for (const text of renderAudit([aLine(1, 'a', { resources_affected: ['x'.repeat(80)] })], { style: plain, width: 60 }))
      expect(text.length).toBeLessThanOrEqual(60);
  });
});

describe('what the verification found', () => {
  test('neighbouring lines with the same fault share a sentence', () => {
    const truncated = (line: number) => ({ fault: 'truncated' as const, line });
    expect(faultTexts([{ fault: 'edited', line: 2 }, truncated(5), truncated(6), truncated(7)])).toEqual([
      'Line 2 was changed after it was written.',
      'The log ends early: lines 5 to 7 are gone.',
    ]);
  });
});
