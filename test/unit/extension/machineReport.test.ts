import { expect, it } from 'vitest';
import { machineReport } from '../../../src/extension/commands/machineReport.ts';

it('the report on a machine is a text with every probe, and what to do below it', () => {
  const probes = [
    { name: 'node', state: 'ok', detail: '24.21', remedy: undefined, durationMs: 1 },
    { name: 'store', state: 'warning', detail: 'half-done', remedy: 'Nothing is lost.', durationMs: 1 },
    { name: 'accelerator', state: 'missing', detail: 'no\nGPU', remedy: 'Nothing needs one.', durationMs: 1 },
  ] as const;
  expect(machineReport(probes, new Date('2026-01-02T03:04:05Z'))).toBe(`What this machine has, 2026-01-02 03:04:05 UTC

✓ node         24.21
▲ store        half-done
               → Nothing is lost.
– accelerator  no GPU
               → Nothing needs one.
`);
});
