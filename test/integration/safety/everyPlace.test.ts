/**
 * Every path of a project that Millwright reads or writes × whatever else may lie there. Nothing outside of the project changes,
 * nothing hangs, what goes wrong has a name, and what has nothing to do with the place goes on.
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectNamed } from '../../support/commandHost.ts';
import { draw, sweepSeed } from '../../support/draw.ts';
import { askEngine, forkEngine, type EngineProcess } from '../../support/engineProcess.ts';
import { makeLivedProject, predictArguments, type LivedProject } from '../../support/livedProject.ts';
import { foundIn, lasting, passing, placesIn } from '../../support/projectPlaces.ts';
import { sweep } from '../../support/sweep.ts';
import { traps } from '../../support/traps.ts';

let lived: LivedProject;
let places: ReadonlyMap<string, string>;
let engine: EngineProcess;
let outside: string;

beforeAll(async () => {
  lived = await makeLivedProject();
  places = placesIn(lived.root);
  engine = await forkEngine('--untrusted', lived.env);
});
afterAll(async () => {
  engine.connection.dispose();
  await engine.process.stop(0);
  await lived[Symbol.asyncDispose]();
});
beforeEach(() => {
  lived.reset();
  outside = join(lived.base, 'outside');
  rmSync(outside, { recursive: true, force: true });
  mkdirSync(outside);
});

/** Commands that read, and the only places that may keep them from it. */
const readers: readonly (readonly [readonly string[], RegExp])[] = [
  [['runs'], /^mlflow\.db/],
  [['models'], /^mlflow\.db/],
  [['jobs'], /^\.millwright\/(jobs\/.*)?$/],
  [['audit', '--verify'], /^\.millwright\/(audit.*)?$/],
  [['report', 'check'], /^(\.millwright\/(validation\/.*|stages\/.*)?|mlflow\.db.*|params\.yaml)$/],
  [['report', 'evaluate'], /^(\.millwright\/(stages\/.*|validation\/)?|mlflow\.db.*|mlruns.*|params\.yaml)$/],
  [['status'], /./],
];

const writers = (): readonly (readonly string[])[] => [
  ['undo', String(lived.predictionLine)],
  ['models', 'alias', 'tiny', 'tried', '1'],
  ['run'],
  predictArguments,
  ['clean'],
];

/** What lies outside, and beside the project, with its content. */
function surroundings(): readonly string[] {
  const files = readdirSync(outside, { recursive: true, encoding: 'utf8' }).sort();
  const contents = files.map((name) => {
    const path = join(outside, name);
    return `${name}: ${statSync(path).isFile() ? readFileSync(path, 'base64') : 'folder'}`;
  });
  return [...readdirSync(lived.base), ...contents];
}

const kinds: readonly string[] = [...lasting, ...passing];
const cases = kinds.flatMap((kind) => Object.entries(traps).flatMap(([trap, { fits }]) => (fits(kind) ? [[kind, trap] as const] : [])));

describe('the list of places', () => {
  it('holds all that lies in a project in which everything happened', () => {
    expect([...foundIn(lived.root).keys()].sort()).toEqual([...lasting].sort());
  });

  it('holds every name that the sources give to something of theirs', () => {
    const source = join(import.meta.dirname, '../../../src');
    const sources = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const named = sources.flatMap((file) =>
      [...readFileSync(join(source, file), 'utf8').matchAll(/statePath\([\w.]+, '([^']+)'/g)].map(([, name]) => name!),
    );
    expect(named.length).toBeGreaterThan(15);
    const known = new Set(kinds.map((kind) => kind.split('/')[1]));
    expect(named.filter((name) => !known.has(name))).toEqual([]);
  });
});

describe(`in the place of a file (seed ${sweepSeed})`, () => {
  it.each(draw(cases, sweep({ sample: 20, whole: Infinity })))('%s: %s', async (kind, trap) => {
    const { root, base, host } = lived;
    const path = places.get(kind)!;
    traps[trap]!.lay(path, { root, outside });
    const before = surroundings();
    const failures = await askEngine(engine, root);
    expect(failures.filter(({ code }) => !/^(?!internal)[a-z]\w*\.\w+$/.test(code))).toEqual([]);
    for (const [args, reads] of readers) {
      const answer = await host.run(root, args);
      expectNamed(args.join(' '), answer);
      if (!reads.test(kind) && kind !== 'millwright.yaml') expect(answer.exitCode, `${args.join(' ')}: ${answer.stderr}`).toBe(0);
    }
    for (const args of writers()) expectNamed(args.join(' '), await host.run(root, args));
    expect(surroundings()).toEqual(before);

    rmSync(path, { recursive: true, force: true });
    const kept = join(base, 'kept', 'project', relative(root, path));
    if (statSync(kept, { throwIfNoEntry: false }) !== undefined) cpSync(kept, path, { recursive: true, preserveTimestamps: true });
    for (const args of [['status'], ['audit', '--verify']]) {
      const { exitCode, stdout, stderr } = await host.run(root, args);
      expect(exitCode, `afterwards, ${args.join(' ')}: ${stdout} ${stderr}`).toBe(0);
    }
  });
});
