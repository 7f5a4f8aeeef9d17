import { describe, expect, test } from 'vitest';
import type { JobEvent, JobEventBody } from '../../../src/protocol/job.ts';
import { applyEvent, emptyRunView, eventLine, progressBar, renderRunView, runningLines } from '../../../src/cli/render/runView.ts';
import { plain } from '../../../src/cli/render/style.ts';
import { displayWidth } from '../../../src/cli/render/width.ts';

const stamped = (body: JobEventBody, at = 1000): JobEvent => ({ at, ...body });
const after = (...events: JobEventBody[]) => events.map((body) => stamped(body)).reduce(applyEvent, emptyRunView);
const shown = (view: ReturnType<typeof after>, width = 80) => renderRunView(view, { style: plain, width, now: 3000 });

describe('a run as it is watched', () => {
  test('shows every planned stage at once, in order', () => {
    expect(shown(after({ type: 'planned', stages: ['check', 'train'] }))).toEqual(['· check  waiting', '· train  waiting']);
  });

  test('shows elapsed time and the reason of a stage that runs, and the duration of one that is done', () => {
    const view = after(
      { type: 'planned', stages: ['check', 'train'] },
      { type: 'stage', stage: 'check', state: 'done', durationMs: 1200 },
      { type: 'stage', stage: 'train', state: 'running', reason: 'params.max_iter changed 300 → 400' },
    );
    expect(shown(view)).toEqual(['✓ check  done · 1.2 s', '▸ train  running · 2.0 s · params.max_iter changed 300 → 400']);
  });

  test('shows progress as a bar with what is left', () => {
    const view = after(
      { type: 'stage', stage: 'train', state: 'running' },
      { type: 'progress', stage: 'train', message: 'tree 50 of 100', fraction: 0.5, remainingMs: 9000 },
    );
    expect(shown(view)).toEqual(['▸ train  ━━━━━━━━━━━━───────────  50 %  tree 50 of 100 · 9.0 s left']);
  });

  test('says where each running stage is in lines, where nothing can be redrawn', () => {
    const view = after(
      { type: 'planned', stages: ['check', 'train', 'evaluate'] },
      { type: 'stage', stage: 'check', state: 'running' },
      { type: 'stage', stage: 'train', state: 'running' },
      { type: 'progress', stage: 'train', message: 'tree 50 of 100', fraction: 0.5, remainingMs: 9000 },
    );
    expect(runningLines(view, plain, 3000)).toEqual(['▸ check  2.0 s', '▸ train  2.0 s · 50 % · tree 50 of 100 · 9.0 s left']);
  });

  test('fits every line into the terminal', () => {
    const view = after(
      { type: 'stage', stage: 'a stage with a name that goes on and on 🚀', state: 'failed', reason: 'x'.repeat(300) },
      { type: 'stage', stage: 'train', state: 'running' },
      { type: 'progress', stage: 'train', message: 'y'.repeat(300), fraction: 0.3 },
    );
    for (const width of [40, 60, 100]) for (const line of shown(view, width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });

  test('forgets the progress of a stage that ended', () => {
    const view = after(
      { type: 'stage', stage: 'train', state: 'running' },
      { type: 'progress', stage: 'train', message: 'tree 1', fraction: 0.1 },
      { type: 'stage', stage: 'train', state: 'cancelled' },
    );
    expect(shown(view)).toEqual(['■ train  cancelled']);
  });
});

describe('an event where nothing can be redrawn', () => {
  test.each<[JobEventBody, string | undefined]>([
    [{ type: 'planned', stages: ['a'] }, undefined],
    [{ type: 'progress', stage: 'a', message: 'b', fraction: 0.2 }, undefined],
    [{ type: 'stage', stage: 'a', state: 'waiting' }, undefined],
    [{ type: 'stage', stage: 'a', state: 'running', reason: 'it has not run yet' }, '▸ a  running · it has not run yet'],
    [{ type: 'stage', stage: 'a', state: 'done', durationMs: 900, reason: 'it has not run yet' }, '✓ a  done · 900 ms'],
    [{ type: 'log', level: 'debug', message: 'x' }, undefined],
    [{ type: 'log', level: 'warning', message: 'x\u001b[0m', stage: 'a' }, '  a | x\\u001b[0m'],
  ])('%j', (body, line) => {
    expect(eventLine(stamped(body), plain)).toBe(line);
  });
});

test('a bar is full at one, empty at zero, and never longer than its cells', () => {
  expect([-1, 0, 0.5, 1, 7].map((fraction) => progressBar(fraction, 4, plain))).toEqual(['────', '────', '━━──', '━━━━', '━━━━']);
});
