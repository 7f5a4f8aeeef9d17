/**
 * A process that writes to a project's store like `log_rows.py`: runs with metrics, parameters, tags and a model version.
 * Arguments: project folder, writer's name, least number of runs, steps per run; it goes on until its input is closed.
 * Prints the id of each run as soon as it is whole.
 */
import { openStoreWriter } from '../../src/engine/stores/openStoreWriter.ts';

const [root = '', writer = '', runs = '1', steps = '1'] = process.argv.slice(2);
await using tracking = openStoreWriter({ root }).tracking();
await using registry = openStoreWriter({ root }).registry();
const closed = new AbortController();
process.stdin.on('end', () => {
  closed.abort();
});
process.stdin.resume();
for (let number = 0; !closed.signal.aborted || number < Number(runs); number++) {
  const { id } = await tracking.createRun({ experiment: 'shared', name: `${writer}-${number}`, startedAt: Date.now(), user: writer });
  for (let step = 0; step < Number(steps); step++) {
    await tracking.log(id, { metrics: [{ key: 'loss', value: number + step / 10, step, timestamp: step }] });
  }
  await tracking.log(id, { params: { writer }, tags: { writer } });
  await registry.createVersion({
    model: 'shared',
    source: `runs:/${id}/model`,
    runId: id,
    description: undefined,
    tags: {},
    createdAt: Date.now(),
  });
  await tracking.endRun(id, 'FINISHED', Date.now());
  process.stdout.write(`${JSON.stringify(id)}\n`);
}
