/** Values given on the command line as `--set path=value`, put into the tree before anything else is read from it. */
import { t } from '../../../base/localize.ts';
import { topLevelDefinitions } from '../definitions/project.ts';
import { listed } from '../schema/describeValue.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import { nearestName } from '../text/nearestName.ts';
import type { Span, TextSource } from '../text/textSource.ts';
import { parseYaml, type MappingEntry, type MappingNode, type TreeNode } from '../text/yamlTree.ts';
import { addYamlProblems } from '../text/yamlDiagnostics.ts';

/** Keys whose mappings hold names of the user's: an override may change what stands there, not invent a name. */
const named = new Set(['datasets', 'features', 'stages']);

/**
 * The tree with one value replaced. Missing keys on the way are added, so that an option the file leaves at its default
 * can be set; whether they are legal is found with everything else.
 * @param path dotted, for example `stages.train.params.max_iter`; numbers are positions in a list. The end of a path, such as
 * `learning_rate`, is enough where only one place of the file ends so
 */
export function applyOverride(root: TreeNode, path: string, text: string, diagnostics: Diagnostics): TreeNode {
  const source: TextSource = { file: `--set ${path}=${text}`, text, kind: 'override' };
  const span: Span = { source, start: 0, end: text.length };
  const steps = path.split('.');
  if (steps.some((step) => step === '')) {
    diagnostics.add('project.wrongOverride', t('"{path}" is not a path of keys parted by points.', { path }), span, {
      remedy: t('Write for example --set stages.train.params.max_iter=50.'),
    });
    return root;
  }
  const { root: value, problems } = parseYaml(source);
  addYamlProblems(problems, diagnostics);
  const node: TreeNode = value ?? { kind: 'scalar', value: text === '' ? '' : null, span };
  const sameEnding = pathsEnding(root, steps);
  const meant = sameEnding.length === 1 && !isWritten(root, steps) && !isTopLevelKey(steps) ? sameEnding[0] : undefined;
  return replaced(root, meant ?? steps, { node, span, diagnostics, passed: [], sameEnding: sameEnding.map((ending) => ending.join('.')) });
}

/** Whether the path leads to something in the file: then it means that, whatever else ends like it. */
function isWritten(tree: TreeNode | undefined, steps: readonly string[]): boolean {
  if (steps.length === 0) return tree !== undefined;
  if (tree?.kind === 'sequence') return isWritten(tree.items[Number(steps[0])], steps.slice(1));
  if (tree?.kind !== 'mapping') return false;
  const length = longestKey(tree.entries, steps);
  return isWritten(tree.entries.find(({ key }) => key === steps.slice(0, length).join('.'))?.value, steps.slice(length));
}

/** A key such as `seed` that the file leaves at its default. */
function isTopLevelKey(steps: readonly string[]): boolean {
  return steps.length === 1 && Object.hasOwn(topLevelDefinitions, steps[0] ?? '');
}

interface Replacement {
  readonly node: TreeNode;
  readonly span: Span;
  readonly diagnostics: Diagnostics;
  readonly passed: readonly string[];
  /** Paths of the file that end like the one given: what a wrong one was probably meant to be. */
  readonly sameEnding: readonly string[];
}

function replaced(tree: TreeNode | undefined, steps: readonly string[], to: Replacement): TreeNode {
  if (steps.length === 0) return to.node;
  if (tree?.kind === 'sequence') return replacedItem(tree, steps, to);
  if (tree?.kind === 'scalar' && tree.value !== null) {
    addWrongPath(to, steps, []);
    return tree;
  }
  return replacedEntry(tree?.kind === 'mapping' ? tree : { kind: 'mapping', entries: [], span: tree?.span ?? to.span }, steps, to);
}

function replacedEntry(tree: MappingNode, steps: readonly string[], to: Replacement): MappingNode {
  const { entries } = tree;
  const length = longestKey(entries, steps);
  const key = steps.slice(0, length).join('.');
  const index = entries.findIndex((entry) => entry.key === key);
  if (index < 0 && isUsersName(to.passed)) {
    const known = entries.map((entry) => entry.key);
    addWrongPath(to, steps, known);
    return tree;
  }
  const value = replaced(entries[index]?.value, steps.slice(length), { ...to, passed: [...to.passed, key] });
  const entry: MappingEntry = { key, keySpan: entries[index]?.keySpan ?? to.span, value };
  return { ...tree, entries: index < 0 ? [...entries, entry] : entries.with(index, entry) };
}

/** Whether the keys below these are names of the user's, which must exist already. */
function isUsersName(passed: readonly string[]): boolean {
  return passed[0] === 'params' || (passed.length === 1 && named.has(passed[0] ?? ''));
}

function replacedItem(tree: Extract<TreeNode, { kind: 'sequence' }>, steps: readonly string[], to: Replacement): TreeNode {
  const [step = '', ...rest] = steps;
  const index = /^\d+$/.test(step) ? Number(step) : -1;
  const item = tree.items[index];
  if (item === undefined) {
    addWrongPath(
      to,
      steps,
      tree.items.map((_, position) => String(position)),
    );
    return tree;
  }
  return { ...tree, items: tree.items.with(index, replaced(item, rest, { ...to, passed: [...to.passed, step] })) };
}

/** Keys may hold points themselves: the longest that exists counts. */
function longestKey(entries: readonly MappingEntry[], steps: readonly string[]): number {
  for (let length = steps.length; length > 1; length--) {
    const key = steps.slice(0, length).join('.');
    if (entries.some((entry) => entry.key === key)) return length;
  }
  return 1;
}

function addWrongPath(to: Replacement, steps: readonly string[], known: readonly string[]): void {
  const name = steps[0] ?? '';
  const place = to.passed.length === 0 ? t('the project file') : to.passed.join('.');
  const nearest = nearestName(name, known);
  const message =
    nearest === undefined
      ? t('There is no "{name}" in {place} to be set.', { name, place })
      : t('There is no "{name}" in {place} to be set. Did you mean "{nearest}"?', { name, place, nearest });
  to.diagnostics.add('project.wrongOverride', message, to.span, {
    ...(nearest === undefined ? {} : { args: { nearest } }),
    ...remedyFor(to.sameEnding, known),
  });
}

function remedyFor(sameEnding: readonly string[], known: readonly string[]): { readonly remedy?: string } {
  if (sameEnding.length > 0) return { remedy: t('Write the whole path: {paths}.', { paths: listed(sameEnding) }) };
  return known.length === 0 ? {} : { remedy: t('It has: {known}.', { known: listed(known) }) };
}

/** Paths, deeper than the one given, whose last keys are its keys. */
function pathsEnding(tree: TreeNode, steps: readonly string[], passed: readonly string[] = []): (readonly string[])[] {
  if (tree.kind !== 'mapping') return [];
  return tree.entries.flatMap(({ key, value }) => {
    const path = [...passed, key];
    const ends = path.length > steps.length && steps.every((step, index) => path.at(index - steps.length) === step);
    return [...(ends ? [path] : []), ...pathsEnding(value, steps, path)];
  });
}
