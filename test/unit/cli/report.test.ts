import { expect, it } from 'vitest';
import { renderReport } from '../../../src/cli/render/report.ts';
import { plain } from '../../../src/cli/render/style.ts';
import type { EvaluationReport } from '../../../src/protocol/evaluation.ts';
import { anEvaluationReport } from '../../support/evaluationReport.ts';

it('begins with what forbids a release, however much better than the baseline the model is', async () => {
  const verdict = async (changes: Partial<EvaluationReport>): Promise<string> =>
    renderReport(await anEvaluationReport({ task: 'binary', changes }), plain).join('\n');
  const gate = { metric: 'roc_auc', passed: false, message: 'roc_auc is 0.7000, at least 0.9000.' };
  expect(await verdict({})).toContain('\nNot to be relied on: there is leakage. Better than');
  expect(await verdict({ leakage: [] })).toContain('\nBetter than');
  expect(await verdict({ leakage: [], gates: [gate] })).toContain('\nNot good enough: 1 of 1 gates failed. Better than');
});
