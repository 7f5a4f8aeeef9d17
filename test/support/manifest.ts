/** package.json against the extension's code, as functions over the two, so that planted faults can be tried. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

export interface Manifest {
  readonly main?: string;
  readonly activationEvents?: readonly string[];
  readonly capabilities?: {
    readonly untrustedWorkspaces?: { readonly supported: boolean | 'limited'; readonly restrictedConfigurations?: readonly string[] };
    readonly virtualWorkspaces?: unknown;
  };
  readonly contributes: {
    readonly commands?: readonly {
      readonly command: string;
      readonly title: string;
      readonly category?: string;
      readonly icon?: string;
      readonly enablement?: string;
    }[];
    readonly configuration?: { readonly properties: Readonly<Record<string, Setting>> };
    readonly views?: Readonly<Record<string, readonly { readonly id: string; readonly name: string; readonly icon?: string }[]>>;
    readonly menus?: Readonly<Record<string, readonly { readonly command: string; readonly when?: string; readonly group?: string }[]>>;
  };
}

interface Setting {
  readonly type?: string;
  readonly default?: unknown;
  readonly scope?: string;
  readonly description?: string;
  readonly markdownDescription?: string;
}

/** What the code says of itself: the typed table, and where each name is used. */
export interface ExtensionCode {
  readonly commands: readonly string[];
  readonly settings: readonly string[];
  readonly contextKeys: readonly string[];
  readonly viewIds: readonly string[];
  readonly registered: readonly string[];
  readonly settingsRead: readonly string[];
  readonly contextsSet: readonly string[];
}

export function readManifest(root: string): Manifest {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
}

export function readTexts(root: string): Readonly<Record<string, string>> {
  return JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;
}

export function readExtensionCode(root: string): ExtensionCode {
  const folder = join(root, 'src/extension');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const sources = files.map((name) => ts.createSourceFile(name, readFileSync(join(folder, name), 'utf8'), ts.ScriptTarget.Latest, true));
  const table = sources.find(({ fileName }) => fileName === join('host', 'contributions.ts'));
  if (table === undefined) throw new Error('src/extension/host/contributions.ts is missing');
  const firstArguments = (callee: string): string[] => sources.flatMap((source) => callsOf(source, callee));
  return {
    commands: membersOf(table, 'CommandArguments'),
    settings: membersOf(table, 'Settings'),
    contextKeys: membersOf(table, 'ContextKeys'),
    viewIds: stringsOf(table, 'views'),
    registered: firstArguments('registerCommand'),
    settingsRead: firstArguments('setting'),
    contextsSet: firstArguments('setContext'),
  };
}

function membersOf(source: ts.SourceFile, name: string): string[] {
  const found = source.statements.find(
    (node): node is ts.InterfaceDeclaration => ts.isInterfaceDeclaration(node) && node.name.text === name,
  );
  return (found?.members ?? []).flatMap((member) =>
    member.name !== undefined && ts.isStringLiteral(member.name) ? [member.name.text] : [],
  );
}

function stringsOf(source: ts.SourceFile, name: string): string[] {
  const strings: string[] = [];
  const collect = (node: ts.Node): void => {
    if (ts.isStringLiteral(node)) strings.push(node.text);
    ts.forEachChild(node, collect);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText(source) === name && node.initializer !== undefined) collect(node.initializer);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return strings;
}

/** The literal first arguments of calls to a function of this name, and the literal keys of an object passed to it. */
function callsOf(source: ts.SourceFile, callee: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const name = ts.isIdentifier(node.expression)
        ? node.expression.text
        : ts.isPropertyAccessExpression(node.expression)
          ? node.expression.name.text
          : '';
      const first = node.arguments[0];
      if (name === callee && first !== undefined && ts.isStringLiteral(first)) found.push(first.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Everything in which manifest and code disagree, as sentences. */
export function findDisagreements(manifest: Manifest, texts: Readonly<Record<string, string>>, code: ExtensionCode): string[] {
  return [
    ...bothWays(
      'command',
      (manifest.contributes.commands ?? []).map(({ command }) => command),
      code.commands,
    ),
    ...bothWays(
      'setting',
      Object.keys(manifest.contributes.configuration?.properties ?? {}).map((name) => name.replace(/^millwright\./, '')),
      code.settings,
    ),
    ...bothWays(
      'view',
      Object.values(manifest.contributes.views ?? {})
        .flat()
        .map(({ id }) => id),
      code.viewIds,
    ),
    ...code.commands.filter((id) => !code.registered.includes(id)).map((id) => `command ${id} is never registered`),
    ...code.settings.filter((name) => !code.settingsRead.includes(name)).map((name) => `setting ${name} is never read`),
    ...code.contextKeys.filter((name) => !code.contextsSet.includes(name)).map((name) => `context key ${name} is never set`),
    ...commandFaults(manifest, texts),
    ...settingFaults(manifest, texts),
    ...menuFaults(manifest, code),
    ...activationFaults(manifest),
    ...textFaults(manifest, texts),
  ];
}

function bothWays(noun: string, contributed: readonly string[], known: readonly string[]): string[] {
  return [
    ...contributed.filter((name) => !known.includes(name)).map((name) => `${noun} ${name} is contributed but not in the table`),
    ...known.filter((name) => !contributed.includes(name)).map((name) => `${noun} ${name} is in the table but not contributed`),
  ];
}

/** Commands that change and run nothing, so that they work in Restricted Mode too. */
const readsOnly = [
  'millwright.job.showLog',
  'millwright.report.open',
  'millwright.validation.open',
  'millwright.run.open',
  'millwright.graph.open',
  'millwright.project.open',
  'millwright.run.copyId',
  'millwright.view.refresh',
  'millwright.output.show',
  'millwright.server.restart',
];

function commandFaults(manifest: Manifest, texts: Readonly<Record<string, string>>): string[] {
  const inViews = Object.entries(manifest.contributes.menus ?? {})
    .filter(([menu]) => menu === 'view/title' || menu === 'view/item/context' || menu === 'editor/title')
    .flatMap(([, items]) => items.filter(({ group }) => group?.startsWith('navigation') === true || group?.startsWith('inline') === true))
    .map(({ command }) => command);
  return (manifest.contributes.commands ?? []).flatMap((item) => [
    ...(resolve(item.title, texts) === undefined ? [`command ${item.command} has no title`] : []),
    ...(item.category === 'Millwright' ? [] : [`command ${item.command} is not in the category Millwright`]),
    ...(inViews.includes(item.command) && item.icon === undefined ? [`command ${item.command} shows in a view without an icon`] : []),
    ...(item.enablement === undefined && !readsOnly.includes(item.command)
      ? [`command ${item.command} has neither an enablement nor a place among the commands that only read`]
      : []),
  ]);
}

function settingFaults(manifest: Manifest, texts: Readonly<Record<string, string>>): string[] {
  return Object.entries(manifest.contributes.configuration?.properties ?? {}).flatMap(([name, item]) => [
    ...(resolve(item.markdownDescription ?? item.description, texts) === undefined ? [`setting ${name} has no description`] : []),
    ...(item.type === undefined || item.default === undefined || typeof item.default !== (item.type === 'integer' ? 'number' : item.type)
      ? [`the default of setting ${name} is not of its type`]
      : []),
  ]);
}

function menuFaults(manifest: Manifest, code: ExtensionCode): string[] {
  const items = Object.values(manifest.contributes.menus ?? {}).flat();
  const conditions = [...items.map(({ when }) => when), ...(manifest.contributes.commands ?? []).map(({ enablement }) => enablement)];
  const named = conditions.flatMap((condition) => condition?.match(/\bmillwright(?!\.yaml)(\.\w+)+\b/g) ?? []);
  const values = [...code.viewIds, ...code.contextKeys, 'millwright.train', 'millwright.report'];
  return [
    ...items.filter(({ command }) => !code.commands.includes(command)).map(({ command }) => `a menu names ${command}, which is no command`),
    ...[...new Set(named)].filter((name) => !values.includes(name)).map((name) => `a condition names ${name}, which nothing sets`),
  ];
}

function activationFaults(manifest: Manifest): string[] {
  return (manifest.activationEvents ?? [])
    .filter((name) => name === '*' || name === 'onStartupFinished' || name.includes('**'))
    .map((name) => `activation event ${name} wakes the extension where it has nothing to do`);
}

/** Every `%key%` of the manifest has a text, and every text is used. */
function textFaults(manifest: Manifest, texts: Readonly<Record<string, string>>): string[] {
  const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key = '']) => key);
  return [
    ...used.filter((key) => texts[key] === undefined).map((key) => `the text %${key}% is missing from package.nls.json`),
    ...Object.keys(texts)
      .filter((key) => !used.includes(key))
      .map((key) => `the text ${key} of package.nls.json is never used`),
  ];
}

function resolve(text: string | undefined, texts: Readonly<Record<string, string>>): string | undefined {
  const key = text === undefined ? undefined : /^%([^%]+)%$/.exec(text)?.[1];
  const resolved = key === undefined ? text : texts[key];
  return resolved === undefined || resolved === '' ? undefined : resolved;
}
