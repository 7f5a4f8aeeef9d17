import { expect, test } from 'vitest';
import { CancelledError } from '../../../src/base/abort.ts';
import { AppError } from '../../../src/base/errors.ts';
import { runProbe } from '../../../src/engine/doctor/probe.ts';

const never = async () => new Promise<never>(() => undefined);
const calm = new AbortController().signal;

test('a probe that does not answer is given up at its deadline', async () => {
  expect(await runProbe({ name: 'slow', deadlineMs: 20, probe: never }, calm)).toMatchObject({
    name: 'slow',
    state: 'timed out',
    detail: 'no answer within 0.02 s',
  });
});

test('a probe that throws has failed, in its own words', async () => {
  const probe = async () => Promise.reject(new AppError('x.y', 'The driver is too old.', { remedy: 'Update it.' }));
  expect(await runProbe({ name: 'p', deadlineMs: 1000, probe }, calm)).toMatchObject({
    state: 'failed',
    detail: 'The driver is too old.',
    remedy: 'Update it.',
  });
});

test('the deadline reaches the probe, so that what it started is ended', async () => {
  let told = false;
  const probe = async (signal: AbortSignal) => {
    signal.addEventListener('abort', () => {
      told = true;
    });
    return never();
  };
  await runProbe({ name: 'p', deadlineMs: 10, probe }, calm);
  expect(told).toBe(true);
});

test('cancelling is no finding', async () => {
  const controller = new AbortController();
  const probing = runProbe({ name: 'p', deadlineMs: 10_000, probe: never }, controller.signal);
  controller.abort(new CancelledError());
  await expect(probing).rejects.toBeInstanceOf(CancelledError);
});
