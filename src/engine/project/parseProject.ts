/** `millwright.yaml` as a project: text in, project or diagnostics out. Reads no file but through the function it is given. */
import { resolve } from 'node:path';
import * as z from 'zod';
import type { ErrorRecord, SourceRange } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import { checkNames } from './checks/checkNames.ts';
import { checkRanges } from './checks/checkRanges.ts';
import { checkDeclarations } from './checks/checkDeclarations.ts';
import { checkReferences } from './checks/checkReferences.ts';
import { checkShape, type ShapeContext } from './checks/checkShape.ts';
import { datasetDefinition, type DatasetSpec } from './definitions/dataset.ts';
import { featuresDefinition, type FeaturesSpec } from './definitions/feature.ts';
import { topLevelDefinitions, topLevelDefaults, type Project } from './definitions/project.ts';
import { addStageKindProblem, kindAt } from './checks/stageKind.ts';
import type { StageKind } from '../../protocol/tables/stageKinds.ts';
import { stageDefinitions, type StageSpec } from './definitions/stage.ts';
import { describeFound } from './schema/describeValue.ts';
import { Diagnostics } from './text/diagnostics.ts';
import { applyOverride } from './values/overrides.ts';
import type { EnvironmentValue } from './values/references.ts';
import { ReferenceResolver } from './values/resolveTree.ts';
import { defaultStoreUri } from '../../protocol/tables/storedNames.ts';
import { rangeOfSpan, type Span, type TextSource } from './text/textSource.ts';
import { addYamlProblems } from './text/yamlDiagnostics.ts';
import { entryOf, keySpanAt, nodeAt, parseYaml, type MappingNode, type Path, type TreeNode } from './text/yamlTree.ts';

export interface ParseOptions {
  /** Real path of the project folder. */
  readonly root: string;
  /** Absolute path of the file the text is from. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Values by dotted path, as given with `--set`. */
  readonly overrides?: Readonly<Record<string, string>>;
  /** The text of a file that `params:` names, or undefined where it cannot be read. */
  readonly readText: (path: string) => string | undefined;
}

/** A stage as far as it could be read, for lists that must stand while the file has mistakes. */
export interface StageOutline {
  readonly name: string;
  readonly kind: StageKind | undefined;
  readonly at: SourceRange;
}

export interface ParsedProject {
  /** Undefined when there are diagnostics. */
  readonly project: Project | undefined;
  readonly diagnostics: readonly ErrorRecord[];
  readonly stages: readonly StageOutline[];
  /** Values of the environment that the file refers to: to be masked in everything shown or stored. */
  readonly secrets: readonly EnvironmentValue[];
  /** The values as written: aliases and overrides applied, references not. */
  readonly tree: MappingNode | undefined;
  /** Where `params` names a file. */
  readonly paramsFile: SourceRange | undefined;
  /** The values with references resolved, but for `run`. */
  readonly resolved: MappingNode | undefined;
  /** Where a value is written (for a mapping or list: its key); undefined where it is not. */
  readonly rangeOf: (path: Path) => SourceRange | undefined;
}

export function parseProject(text: string, options: ParseOptions): ParsedProject {
  const source: TextSource = { file: options.file, text, kind: 'file' };
  const diagnostics = new Diagnostics();
  const { root, problems } = parseYaml(source);
  addYamlProblems(problems, diagnostics);
  if (root?.kind !== 'mapping') {
    if (problems.length === 0) addNotAProject(root, source, diagnostics);
    return outcome({ diagnostics, tree: undefined, resolved: undefined, secrets: [] });
  }
  const params = entryOf(root, 'params')?.value;
  const paramsFile = params?.kind === 'scalar' ? rangeOfSpan(params.span) : undefined;
  let tree = withParamsFile(root, options, diagnostics);
  for (const [path, value] of Object.entries(options.overrides ?? {})) {
    const next = applyOverride(tree, path, value, diagnostics);
    if (next.kind === 'mapping') tree = next;
  }
  const resolver = new ReferenceResolver({ params: entryOf(tree, 'params')?.value, env: options.env, diagnostics });
  const resolved = resolver.resolve(tree, isCommand) as MappingNode;
  const secrets = [...resolver.used.values()];
  if (problems.some(({ problem }) => problem === 'syntax')) return outcome({ diagnostics, tree, resolved, secrets, paramsFile });
  const paramsName = params?.kind === 'scalar' && typeof params.value === 'string' ? params.value : undefined;
  const project = readProject(resolved, { ...options, paramsName }, diagnostics);
  return outcome({ diagnostics, tree, resolved, secrets, project, paramsFile });
}

/** References in commands are put in after the command was split into arguments. */
function isCommand(path: Path): boolean {
  return path.length === 3 && path[0] === 'stages' && path[2] === 'run';
}

function addNotAProject(root: TreeNode | undefined, source: TextSource, diagnostics: Diagnostics): void {
  const message =
    root === undefined || (root.kind === 'scalar' && root.value === null)
      ? t('The project file is empty.')
      : t('The project file must be a mapping, but it is {found}.', { found: describeFound(root) });
  diagnostics.add('project.empty', message, firstLineOf(source), {
    remedy: t('Begin with "name: …", or run "millwright init" with a data file.'),
  });
}

/** `params: file.yaml` replaced by what the file holds. */
function withParamsFile(tree: MappingNode, options: ParseOptions, diagnostics: Diagnostics): MappingNode {
  const entry = entryOf(tree, 'params');
  if (entry?.value.kind !== 'scalar' || typeof entry.value.value !== 'string') return tree;
  const { span, value: name } = entry.value;
  const file = resolve(options.root, name);
  const text = options.readText(file);
  const put = (value: TreeNode): MappingNode => ({
    ...tree,
    entries: tree.entries.map((other) => (other === entry ? { ...entry, value } : other)),
  });
  const nothing: TreeNode = { kind: 'mapping', entries: [], span };
  if (text === undefined) {
    diagnostics.add('project.paramsFile', t('The file of parameters {file} cannot be read.', { file: name }), span, {
      args: { file: name },
      remedy: t('Write the parameters here as a mapping, or create the file.'),
    });
    return put(nothing);
  }
  const { root, problems } = parseYaml({ file, text, kind: 'file' });
  addYamlProblems(problems, diagnostics);
  if (root?.kind === 'mapping' || problems.length > 0) return put(root?.kind === 'mapping' ? root : nothing);
  diagnostics.add('project.paramsFile', t('The file of parameters {file} must hold a mapping of names to values.', { file: name }), span);
  return put(nothing);
}

function readProject(
  tree: MappingNode,
  options: ParseOptions & { readonly paramsName: string | undefined },
  diagnostics: Diagnostics,
): Project | undefined {
  const kindOfStage = (stage: string): StageKind | undefined => kindAt(nodeAt(tree, ['stages', stage]));
  const context: ShapeContext = { root: tree, diagnostics, kindOfStage };
  const names = { datasets: namesIn(tree, 'datasets'), features: namesIn(tree, 'features'), stages: namesIn(tree, 'stages') };
  const read = { datasets: noNames<DatasetSpec>(), features: noNames<FeaturesSpec>(), stages: noNames<StageSpec>() };
  const at = (path: Path): Span => spanOf(tree, path);
  let top: TopLevel | undefined;
  const parts: [string, () => void][] = [
    [t('references'), () => undefined], // they are resolved; it is told here if that was stopped
    [t('the top-level keys'), () => (top = readTopLevel(context))],
    [
      t('data sets'),
      () => {
        readNamed(context, 'datasets', read.datasets, (path) => checkShape(datasetDefinition, path, context));
      },
    ],
    [
      t('features'),
      () => {
        readNamed(context, 'features', read.features, (path) => checkShape(featuresDefinition, path, context));
      },
    ],
    [
      t('stages'),
      () => {
        readNamed(context, 'stages', read.stages, (path) => readStage(path, context));
      },
    ],
    [
      t('names'),
      () => {
        checkNames(tree, { names, diagnostics, kindOfStage });
      },
    ],
    [
      t('declared columns and limits'),
      () => {
        checkDeclarations({ ...read, spanOf: at, diagnostics });
      },
    ],
    [
      t('how the parts fit together'),
      () => {
        checkReferences({ ...read, names, paramsFile: options.paramsName, spanOf: at, diagnostics });
      },
    ],
    [
      t('ranges of numbers'),
      () => {
        checkRanges({ stages: read.stages, params: paramsOf(top), ranges: top?.ranges ?? {}, spanOf: at, diagnostics });
      },
    ],
  ];
  diagnostics.inParts(parts, firstLineOf(tree.span.source));
  if (top === undefined || diagnostics.list().length > 0) return undefined;
  return {
    root: options.root,
    file: options.file,
    name: top.name,
    seed: top.seed ?? topLevelDefaults.seed,
    environment: top.environment,
    python: top.python,
    params: paramsOf(top),
    paramsFile: options.paramsName,
    experiment: top.tracking?.experiment ?? top.name,
    storeUri: top.tracking?.uri ?? defaultStoreUri,
    ...read,
  };
}

const topLevelDefinition = z.strictObject({
  ...topLevelDefinitions,
  datasets: z.unknown().optional(),
  features: z.unknown().optional(),
  stages: z.unknown().optional(),
});

type TopLevel = z.infer<typeof topLevelDefinition>;

function paramsOf(top: TopLevel | undefined): Readonly<Record<string, unknown>> {
  return typeof top?.params === 'object' ? top.params : {};
}

function readTopLevel(context: ShapeContext): TopLevel | undefined {
  const root = context.root as MappingNode;
  const own: MappingNode = { ...root, entries: root.entries.filter(({ key }) => !key.startsWith('x-')) };
  return checkShape(topLevelDefinition, [], { ...context, root: own });
}

/** No name is inherited. */
function noNames<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>;
}

/** Every value of a section whose keys are names of the user's, added to `values`. */
function readNamed<T>(context: ShapeContext, section: string, values: Record<string, T>, read: (path: Path) => T | undefined): void {
  const node = nodeAt(context.root, [section]);
  if (node === undefined || (node.kind === 'scalar' && node.value === null)) return;
  if (node.kind !== 'mapping') {
    const message = t('{section} is {found}, but must be a mapping of names.', { section: `"${section}"`, found: describeFound(node) });
    context.diagnostics.add('project.wrongValue', message, spanOf(context.root, [section]), { args: { path: section } });
    return;
  }
  for (const { key, keySpan } of node.entries) {
    context.diagnostics.spend();
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}\p{M}_-]{0,99}$/u.test(key)) {
      context.diagnostics.add('project.wrongName', t('"{name}" cannot be a name here.', { name: key }), keySpan, {
        args: { name: key },
        remedy: t('Use letters, digits, - and _ (at most 100), starting with a letter, a digit or _.'),
      });
      continue;
    }
    const value = read([section, key]);
    if (value !== undefined) values[key] = value;
  }
}

function readStage(path: Path, context: ShapeContext): StageSpec | undefined {
  const kind = kindAt(nodeAt(context.root, path));
  if (kind !== undefined) return checkShape<StageSpec>(stageDefinitions[kind], path, context);
  addStageKindProblem(path, context);
  return undefined;
}

function namesIn(tree: MappingNode, section: string): readonly string[] {
  const node = entryOf(tree, section)?.value;
  return node?.kind === 'mapping' ? node.entries.map(({ key }) => key) : [];
}

/** The span of a scalar, or of the key of a mapping or list; for what is not written, that of what would hold it. */
function spanOf(tree: TreeNode, path: Path): Span {
  for (let length = path.length; length > 0; length--) {
    const steps = path.slice(0, length);
    const node = nodeAt(tree, steps);
    if (node === undefined) continue;
    const span = node.kind === 'scalar' && node.span.end > node.span.start ? node.span : keySpanAt(tree, steps);
    return span ?? node.span;
  }
  return { ...tree.span, end: tree.span.start };
}

/** Where it is said what holds for the whole file. */
function firstLineOf(source: TextSource): Span {
  return { source, start: 0, end: /^[^\r\n]*/.exec(source.text)?.[0].length ?? 0 };
}

interface Outcome {
  readonly paramsFile?: SourceRange | undefined;
  readonly diagnostics: Diagnostics;
  readonly tree: MappingNode | undefined;
  readonly resolved: MappingNode | undefined;
  readonly secrets: readonly EnvironmentValue[];
  readonly project?: Project | undefined;
}

function outcome({ diagnostics, tree, resolved, secrets, project, paramsFile }: Outcome): ParsedProject {
  const rangeOf = (path: Path): SourceRange | undefined =>
    tree === undefined || (path.length > 0 && nodeAt(tree, path) === undefined) ? undefined : rangeOfSpan(spanOf(tree, path));
  const stages = tree === undefined ? [] : namesIn(tree, 'stages');
  return {
    project,
    diagnostics: diagnostics.list(),
    secrets,
    tree,
    resolved,
    paramsFile,
    rangeOf,
    stages: stages.flatMap((name) => {
      const at = rangeOf(['stages', name]);
      return at === undefined ? [] : [{ name, kind: kindAt(nodeAt(resolved, ['stages', name])), at }];
    }),
  };
}
