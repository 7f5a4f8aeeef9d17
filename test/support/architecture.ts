/** The dependency rule of ARCHITECTURE.md as functions over a map of files and what they import. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

/** Files by path from the root (with `/`), each with the module names it imports, types included. */
export type ImportMap = ReadonlyMap<string, readonly string[]>;

/** Which engine folder may import which, by folder name. */
export type Arrows = ReadonlyMap<string, readonly string[]>;

export interface Violation {
  readonly rule: 'layer' | 'confined' | 'writer' | 'arrow' | 'cycle' | 'room' | 'outside' | 'browser' | 'door';
  readonly file: string;
  readonly detail: string;
}

const layerOf: readonly (readonly [prefix: string, layer: string])[] = [
  ['src/base/', 'base'],
  ['src/protocol/', 'protocol'],
  ['src/engine/', 'engine'],
  ['src/language/', 'language'],
  ['src/workers/', 'workers'],
  ['src/cli/', 'cli'],
  ['src/mcp/', 'mcp'],
  ['src/extension/', 'extension'],
  ['webview-ui/', 'webview-ui'],
];

const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  protocol: ['base'],
  engine: ['base', 'protocol'],
  language: ['base', 'protocol', 'engine'],
  workers: ['base', 'protocol', 'engine'],
  cli: ['base', 'protocol', 'engine'],
  mcp: ['base', 'protocol', 'engine'],
  extension: ['base', 'protocol'],
  'webview-ui': ['base', 'protocol'],
};

const confined: readonly { readonly module: RegExp; readonly to: RegExp }[] = [
  { module: /^vscode$/, to: /^src\/extension\// },
  { module: /^(node:)?child_process$|^execa$/, to: /^src\/base\/process\.ts$/ },
  { module: /^(node:)?cluster$/, to: /^$/ },
  { module: /\/terminal\.ts$/, to: /^src\/cli\/\w+\.ts$/ }, // what a command does can be asked for by others than a terminal
];

/** What of `node:fs` only looks. Everything that writes, and every read of content that may come from elsewhere, goes through `base`. */
const lookingNames = new Set([
  'access',
  'constants',
  'createReadStream',
  'existsSync',
  'FSWatcher',
  'fstatSync',
  'glob',
  'lstat',
  'readdir',
  'readFile',
  'readFileSync',
  'readlink',
  'realpath',
  'realpathSync',
  'stat',
  'statfs',
  'statSync',
  'watch',
]);

/** Sources outside of `base` that name something of `node:fs` which can change a file system. */
export function findDoorViolations(root: string, folders: readonly string[]): Violation[] {
  return folders
    .flatMap((folder) => sources(join(root, folder)))
    .flatMap((path) => {
      const file = relative(root, path).split(sep).join('/');
      return file.startsWith('src/base/') ? [] : doorViolations(file, readFileSync(path, 'utf8'));
    });
}

export function doorViolations(file: string, text: string): Violation[] {
  const found: Violation[] = [];
  for (const statement of ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    if (!/^(node:)?fs(\/promises)?$/.test(statement.moduleSpecifier.text)) continue;
    const bindings = statement.importClause?.namedBindings;
    const names =
      bindings !== undefined && ts.isNamedImports(bindings)
        ? bindings.elements.map((name) => (name.propertyName ?? name.name).text)
        : ['*'];
    for (const name of names)
      if (!lookingNames.has(name)) found.push({ rule: 'door', file, detail: `${name} of ${statement.moduleSpecifier.text}` });
  }
  return found;
}

/** A folder with more files than this is no room any more: nobody finds the first right one at once. */
const mostFiles = 25;

/** Folders with too many files of their own. */
export function crowdedFolders(files: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > mostFiles).map(([folder, count]) => `${folder}: ${count}`);
}

/**
 * Names that files in two rooms may share: a noun with its faces (its command, its lines, its stage, its contract), an entry point, what
 * every format of documents or every kind of stage has, and a kernel with the file that compiles it.
 */
const families: readonly (readonly string[])[] = [
  [
    'src/cli/commands',
    'src/cli/render',
    'src/protocol',
    'src/protocol/tables',
    'src/engine/pipeline/stages',
    'src/engine/project/definitions',
  ],
  ['src/cli', 'src/language', 'webview-ui/*'],
  ['src/language/formats/*'],
  ['src/engine/pipeline/stages/*'],
  ['src/engine/training/gbdt/kernels', 'src/engine/training/gbdt/kernels/assembly'],
  ['webview-ui/report', 'webview-ui/run'],
];
/** What is called the same in its own field, and is told apart by its room. */
const namesakes = new Set([
  'columns', // of a table in the terminal; of rows in memory
  'contributions', // what each room of the extension contributes, and all of it
  'command', // what all commands share; a stage that runs one
  'dataStatistics', // how they are counted, noted by a stage, and shown
  'diagnostics', // of the project file; of the language server's protocol
  'graph', // the order of stages; the command that draws it
  'histogram', // sums of gradients; bars
  'model', // what scores; what the registry shows
  'predict', // rows to a file; the command and the stage
  'repairs', // what can be done about a failure; the buttons that do it
  'stage', // its keys; the process that executes it
  'undo', // of a change; the command
]);

/** Files of one base name in several rooms, where nothing says that they belong together. */
export function ambiguousNames(files: Iterable<string>): string[] {
  const roomsOf = new Map<string, string[]>();
  for (const file of files) {
    const name = basename(file).replace(/\.tsx?$/, '');
    roomsOf.set(name, [...(roomsOf.get(name) ?? []), dirname(file)]);
  }
  const isFamily = (rooms: readonly string[]): boolean =>
    families.some((family) => rooms.every((room) => family.includes(room) || family.includes(`${dirname(room)}/*`)));
  return [...roomsOf].filter(([name, rooms]) => rooms.length > 1 && !namesakes.has(name) && !isFamily(rooms)).map(([name]) => name);
}

/** Reads every TypeScript source below the folders. */
export function readImports(root: string, folders: readonly string[]): ImportMap {
  const map = new Map<string, readonly string[]>();
  for (const folder of folders) {
    for (const file of sources(join(root, folder))) {
      const imports = ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map((found) => found.fileName);
      map.set(relative(root, file).split(sep).join('/'), imports);
    }
  }
  return map;
}

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

/** The table under "Arrows inside the engine" in ARCHITECTURE.md. */
export function readArrows(markdown: string): Arrows {
  const section = markdown.split(/^## /m).find((part) => part.startsWith('Arrows inside the engine')) ?? '';
  const rows = section.split('\n').filter((line) => /^\| *[a-z]+ *\|/.test(line) && !line.includes('may import'));
  return new Map(
    rows.map((line) => {
      const [, name = '', targets = ''] = line.split('|').map((cell) => cell.trim());
      return [
        name,
        targets
          .split(',')
          .map((target) => target.trim())
          .filter((target) => target !== ''),
      ];
    }),
  );
}

export function findViolations(files: ImportMap, arrows: Arrows): Violation[] {
  const edges = resolveEdges(files);
  return [
    ...layerViolations(edges),
    ...confinementViolations(files),
    ...writerViolations(files, edges),
    ...arrowViolations(edges, arrows),
    ...cycleViolations(edges),
    ...roomViolations(edges),
    ...browserViolations(files, edges),
  ];
}

type Edges = ReadonlyMap<string, readonly string[]>;

function resolveEdges(files: ImportMap): Edges {
  return new Map(
    [...files].map(([file, imports]) => [
      file,
      imports.filter((name) => name.startsWith('.')).map((name) => posix.join(dirname(file), name)),
    ]),
  );
}

function layer(file: string): string | undefined {
  return layerOf.find(([prefix]) => file.startsWith(prefix))?.[1];
}

function layerViolations(edges: Edges): Violation[] {
  return [...edges].flatMap(([file, targets]) =>
    targets.flatMap((target): Violation[] => {
      const from = layer(file);
      const to = layer(target);
      if (from === undefined) return [];
      if (to === undefined)
        return /^package(\.nls)?\.json$/.test(target)
          ? []
          : [{ rule: 'outside', file, detail: `imports ${target}, which is no part of the product` }];
      if (from === to || mayImport[from]?.includes(to) === true) return [];
      return [{ rule: 'layer', file, detail: `${from} may not import ${to} (${target})` }];
    }),
  );
}

function confinementViolations(files: ImportMap): Violation[] {
  return [...files].flatMap(([file, imports]) =>
    imports.flatMap((name): Violation[] =>
      confined
        .filter(({ module, to }) => module.test(name) && !to.test(file))
        .map(() => ({ rule: 'confined', file, detail: `names ${name}` })),
    ),
  );
}

const writer = /^src\/engine\/(tracking|registry|stores)\/(\w+\/)*\w*Writer\.ts$/;

/** Whoever can reach a store's writer must hold `change()`, so that nothing is written without a line in the log. */
function writerViolations(files: ImportMap, edges: Edges): Violation[] {
  return [...edges].flatMap(([file, targets]) =>
    targets.flatMap((target): Violation[] => {
      if (!writer.test(target) || writer.test(file)) return [];
      const behindChange = edges.get(file)?.includes('src/engine/safety/change.ts') === true;
      return behindChange || !files.has(file) ? [] : [{ rule: 'writer', file, detail: `reaches ${target} without change()` }];
    }),
  );
}

function arrowViolations(edges: Edges, arrows: Arrows): Violation[] {
  const room = (file: string): string | undefined => /^src\/engine\/([^/]+)\//.exec(file)?.[1];
  return [...edges].flatMap(([file, targets]) =>
    targets.flatMap((target): Violation[] => {
      const from = room(file);
      const to = room(target);
      if (from === undefined || to === undefined || from === to) return [];
      const allowed = arrows.get(from);
      if (allowed === undefined) return [{ rule: 'arrow', file, detail: `${from} has no row in the table` }];
      return allowed.includes(to) ? [] : [{ rule: 'arrow', file, detail: `${from} → ${to} is not in the table` }];
    }),
  );
}

/** Rooms of one capability that depend on each other in a circle; what lies beside its rooms may use them and be used. */
function roomViolations(edges: Edges): Violation[] {
  const room = (file: string): string | undefined =>
    /^(?:src\/engine\/[^/]+|src\/(?:protocol|extension|language\/formats))\/[^/]+(?=\/)/.exec(file)?.[0];
  const rooms = new Map<string, string[]>();
  for (const [file, targets] of edges) {
    const from = room(file);
    if (from === undefined) continue;
    const others = targets.map(room).filter((to) => to !== undefined && to !== from && dirname(to) === dirname(from));
    rooms.set(from, [...new Set([...(rooms.get(from) ?? []), ...others])] as string[]);
  }
  return cycleViolations(rooms).map(({ file, detail }) => ({ rule: 'room', file, detail }));
}

/** Strongly connected components of more than one file (Tarjan), type imports included. */
function cycleViolations(edges: Edges): Violation[] {
  const found: Violation[] = [];
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    for (const target of edges.get(file) ?? []) {
      if (!edges.has(target)) continue;
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? 0, low.get(target) ?? 0));
    }
    if (low.get(file) !== index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1) found.push({ rule: 'cycle', file, detail: component.sort().join(' ↔ ') });
  };
  for (const file of edges.keys()) if (!index.has(file)) visit(file);
  return found;
}

/** What a page imports, however far, must run in a browser. */
function browserViolations(files: ImportMap, edges: Edges): Violation[] {
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const target of edges.get(file) ?? []) visit(target);
  };
  for (const file of files.keys()) if (file.startsWith('webview-ui/')) visit(file);
  return [...reached].flatMap((file) =>
    (files.get(file) ?? [])
      .filter((name) => name.startsWith('node:'))
      .map((name): Violation => ({ rule: 'browser', file, detail: `${name} does not exist in a page` })),
  );
}
