/** Every kind of path in a project that Millwright reads or writes: `<…>` stands for a name that is drawn or given, `/` ends a folder. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What lies in a project that has lived; a test holds the list to one. */
export const lasting = [
  '.millwright/',
  '.millwright/.gitignore',
  '.millwright/audit.chain.jsonl',
  '.millwright/audit.lock',
  '.millwright/audit.log',
  '.millwright/cache/',
  '.millwright/cache/<key>/',
  '.millwright/cache/<key>/entry.json',
  '.millwright/cache/<key>/outputs/',
  '.millwright/cache/<key>/outputs/<number>',
  '.millwright/cache/<key>/outputs/<number>/',
  '.millwright/cache/hashes.db',
  '.millwright/checkpoints/',
  '.millwright/jobs/',
  '.millwright/jobs/<id>/',
  '.millwright/jobs/<id>/events.jsonl',
  '.millwright/jobs/<id>/job.json',
  '.millwright/jobs/<id>/lock',
  '.millwright/jobs/<id>/output.log',
  '.millwright/jobs/<id>/result.json',
  '.millwright/operations/',
  '.millwright/operations/<id>/',
  '.millwright/operations/<id>.json',
  '.millwright/operations/<id>/earlier<number>',
  '.millwright/run.holder',
  '.millwright/run.lock',
  '.millwright/stages/',
  '.millwright/stages/<stage>.json',
  '.millwright/validation/',
  '.millwright/validation/check/',
  '.millwright/validation/check/report.html',
  '.millwright/validation/check/report.json',
  '.millwright/validation/check/summary.json',
  '.millwright/work/',
  'data.csv',
  'made.txt',
  'millwright.lock',
  'millwright.yaml',
  'mlflow.db',
  'mlruns/',
  'mlruns/1/',
  'mlruns/1/<run>/',
  'mlruns/1/<run>/artifacts/',
  'mlruns/1/<run>/artifacts/data/',
  'mlruns/1/<run>/artifacts/data/<stage>.json',
  'mlruns/1/<run>/artifacts/evaluation/',
  'mlruns/1/<run>/artifacts/evaluation/evaluate.html',
  'mlruns/1/<run>/artifacts/evaluation/evaluate.json',
  'mlruns/1/<run>/artifacts/model/',
  'mlruns/1/<run>/artifacts/model/MLmodel',
  'mlruns/1/<run>/artifacts/model/code/',
  'mlruns/1/<run>/artifacts/model/code/millwright_model.py',
  'mlruns/1/<run>/artifacts/model/conda.yaml',
  'mlruns/1/<run>/artifacts/model/input_example.json',
  'mlruns/1/<run>/artifacts/model/millwright.json',
  'mlruns/1/<run>/artifacts/model/model.onnx',
  'mlruns/1/<run>/artifacts/model/python_env.yaml',
  'mlruns/1/<run>/artifacts/model/requirements.txt',
  'names.env',
  'out.csv',
  'params.yaml',
  'rows.csv',
  'scored.csv',
  'scored.rejects.csv',
] as const;

/** What lies there for moments only, or not in every project. */
export const passing = [
  '.millwright/audit.pending.json',
  '.millwright/cache/hashes.db-journal',
  '.millwright/cache/queries/',
  '.millwright/checkpoints/stage-train/',
  '.millwright/edited/',
  '.millwright/jobs/<id>/cancel',
  '.millwright/jobs/<id>/console.log',
  '.millwright/operations/<id>.lock',
  '.millwright/operations/<id>.undo',
  '.millwright/run.lock-journal',
  '.millwright/sample/',
  'mlflow.db-journal',
  'mlflow.db-shm',
  'mlflow.db-wal',
] as const;

/** Files that say which version of their format they are. */
export const versioned: readonly string[] = [
  '.millwright/cache/<key>/entry.json',
  '.millwright/jobs/<id>/job.json',
  '.millwright/jobs/<id>/result.json',
  '.millwright/operations/<id>.json',
  '.millwright/stages/<stage>.json',
  '.millwright/validation/check/report.json',
  '.millwright/validation/check/summary.json',
  'millwright.lock',
  'mlflow.db',
  'mlruns/1/<run>/artifacts/data/<stage>.json',
  'mlruns/1/<run>/artifacts/evaluation/evaluate.json',
  'mlruns/1/<run>/artifacts/model/millwright.json',
];

export function isFolder(kind: string): boolean {
  return kind.endsWith('/');
}

/** The paths below a project by their kinds, the last of each. */
export function foundIn(root: string): ReadonlyMap<string, string> {
  const found = readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return [kindOf(relative(root, path) + (entry.isDirectory() ? '/' : '')), path] as const;
  });
  return new Map(found.sort(([, a], [, b]) => (a < b ? -1 : 1)));
}

function kindOf(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/\b[0-9a-f]{64}\b/, '<key>')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/, '<id>')
    .replace(/\b[0-9a-f]{32}\b/, '<run>')
    .replace(/(\/earlier)\d+/, '$1<number>')
    .replace(/(\/outputs\/)\d+(\/?$|\/.*)/, (_, before: string, rest: string) => `${before}<number>${rest === '/' ? '/' : ''}`)
    .replace(/((?:stages|data)\/)[^/]+\.json$/, '$1<stage>.json');
}

/**
 * A path of each kind in a project that has lived; where nothing lies there now, beside its namesakes of the newest job, or of the
 * operation that has kept files.
 */
export function placesIn(root: string): ReadonlyMap<string, string> {
  const places = new Map(foundIn(root));
  const operation = places.get('.millwright/operations/<id>/') ?? '';
  places.set('.millwright/operations/<id>.json', `${operation}.json`);
  for (const kind of passing) {
    const owner = kind.startsWith('.millwright/operations') ? operation : (places.get('.millwright/jobs/<id>/') ?? '');
    const path = kind.includes('<id>') ? kind.replace(/^.*<id>/, owner) : join(root, kind);
    places.set(kind, path.replace(/\/$/, ''));
  }
  return places;
}
