/** Which tests a change can reach: by what their files import, name in a text, or start as a process. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { root } from './paths.ts';

/** The files of the project that can be part of a test, with their texts. */
export type SourceTexts = ReadonlyMap<string, string>;

const isSource = (path: string): boolean => /^(src|test|webview-ui|scripts|bench)\/.*\.(tsx?|js|py|json|css)$/.test(path);
const isTest = (path: string): boolean => /^test\/.*\.(test|spec)\.ts$/.test(path);
/** Nothing but these reads documents: the ones that hold them to the code. */
const isDocument = (path: string): boolean => /^(docs|findings|examples|media)\/|\.md$/.test(path);
const readsDocuments = (path: string): boolean => path.startsWith('test/unit/');
/** These read the whole tree. */
const readsAll = (path: string): boolean => /^test\/[^/]+$/.test(path);

/** What is started or opened without being named. */
const startedBy: Readonly<Record<string, RegExp>> = {
  'test/workbench/support/workbench.ts': /^(src\/(extension|workers|language|cli)|webview-ui)\//,
  'test/support/pages.ts': /^webview-ui\//,
};
const entryPoints = 'src/base/entryPoint.ts';

/**
 * @param changed paths relative to the project, with `/`
 * @returns the tests in order; all of them where a change can reach anything (settings, scripts, packages)
 */
export function reachedTests(sources: SourceTexts, changed: readonly string[]): readonly string[] {
  const tests = [...sources.keys()].filter(isTest).sort();
  const outside = changed.filter((path) => !sources.has(path));
  if (outside.some((path) => !isDocument(path)) || changed.some((path) => path.startsWith('scripts/'))) return tests;
  const users = usersOf(sources);
  const reached = new Set(changed);
  for (const path of reached) for (const user of users.get(path) ?? []) reached.add(user); // a set goes on over what is added
  return tests.filter((path) => reached.has(path) || readsAll(path) || (outside.length > 0 && readsDocuments(path)));
}

/** The files that use each file. */
function usersOf(sources: SourceTexts): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  for (const [path, text] of sources) {
    for (const used of usedBy(path, text, sources)) users.set(used, [...(users.get(used) ?? []), path]);
  }
  return users;
}

function usedBy(path: string, text: string, sources: SourceTexts): ReadonlySet<string> {
  const used = new Set<string>();
  for (const [, , name = ''] of text.matchAll(/(['"`])([^'"`\n]*?\.(?:tsx?|c?js|py|json|css))\1/g)) {
    for (const place of [join(dirname(path), name), normalize(name), `test/support/python/${name}`])
      if (sources.has(place)) used.add(place);
    if (/(^|\/)dist\/cli\.cjs$/.test(name)) used.add('src/cli/main.ts');
  }
  const entries = sources.get(entryPoints) ?? '';
  for (const [, name = ''] of text.matchAll(/\bentryPoint\('(\w+)'\)/g)) {
    const place = new RegExp(`\\b${name}: '([^']+)'`).exec(entries)?.[1];
    if (place !== undefined) used.add(`src/${place}`);
  }
  const started = startedBy[path];
  if (started !== undefined) for (const place of sources.keys()) if (started.test(place)) used.add(place);
  used.delete(path);
  return used;
}

/** Every source in the working tree. */
export function readSources(): SourceTexts {
  const paths = gitLines('ls-files', '--cached', '--others', '--exclude-standard').filter(isSource);
  return new Map(
    paths.flatMap((path) => {
      try {
        return [[path, readFileSync(join(root, path), 'utf8')] as const];
      } catch {
        return []; // deleted, and not yet committed
      }
    }),
  );
}

/** What differs from where this branch left main: committed or not. */
export function changedFiles(): readonly string[] {
  const [base = 'HEAD'] = gitLines('merge-base', 'HEAD', 'main');
  return [...new Set([...gitLines('diff', '--name-only', base), ...gitLines('ls-files', '--others', '--exclude-standard')])];
}

function gitLines(...args: readonly string[]): string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 })
    .split('\n')
    .filter((line) => line !== '');
}
