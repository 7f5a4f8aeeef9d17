/**
 * What of package.json is made from the rows in `src/extension`: `contributes`, `activationEvents`, and the texts of package.nls.json.
 * The rest of package.json is written by hand.
 */
import { contributions } from '../src/extension/contributions.ts';
import type { Condition } from '../src/extension/host/conditions.ts';
import type { CommandRow, Contributions, Setting, TaskType, ViewTable, Walkthrough } from '../src/extension/host/contributionRows.ts';
import { documentFormats, wakingFiles } from '../src/protocol/tables/documentFormats.ts';

export interface GeneratedManifest {
  readonly activationEvents: readonly string[];
  readonly contributes: Readonly<Record<string, unknown>>;
  /** The English texts, by the keys that the other parts name. */
  readonly texts: Readonly<Record<string, string>>;
}

const title = 'Millwright';
const container = 'millwright';
const icon = 'media/millwright.svg';

export function generateManifest(rows: Contributions): GeneratedManifest {
  const texts: Record<string, string> = {};
  /** Keeps a text; package.json names its key. */
  const text: Text = (key, english) => {
    texts[key] = english;
    return `%${key}%`;
  };
  const contributes = {
    viewsContainers: { activitybar: [{ id: container, title, icon }] },
    commands: Object.entries(rows.commands).map(([command, row]) => commandEntry(command, row, text)),
    menus: menuEntries(rows.commands),
    views: { [container]: viewEntries(rows.views, text) },
    viewsWelcome: welcomeEntries(rows.views, text),
    configuration: { title, properties: settingEntries(rows.settings, text) },
    taskDefinitions: Object.entries(rows.tasks).map(([type, row]) => taskEntry(type, row, text)),
    problemMatchers: Object.entries(rows.tasks).map(([type, row]) => problemMatcherEntry(type, row, text)),
    walkthroughs: rows.walkthroughs.map((row) => walkthroughEntry(row, text)),
  };
  Object.assign(texts, rows.texts);
  const activationEvents = [
    ...wakingFiles(Object.values(documentFormats)).map((file) => `workspaceContains:${file}`),
    ...Object.values(rows.pages).map((page) => `onWebviewPanel:${page}`),
  ];
  return { activationEvents, contributes, texts };
}

type Text = (key: string, english: string) => string;

/** Without our name, which all of them begin with. */
const shortName = (id: string): string => id.replace(/^millwright\./, '');

const whenOf = (condition: Condition): string => condition.join(' && ');

function commandEntry(command: string, row: CommandRow, text: Text) {
  return {
    command,
    title: text(`command.${shortName(command)}`, row.title),
    category: title,
    ...(row.icon === undefined ? {} : { icon: `$(${row.icon})` }),
    ...(row.needs === 'nothing' ? {} : { enablement: row.needs }),
  };
}

function menuEntries(commands: Contributions['commands']): Readonly<Record<string, readonly unknown[]>> {
  const rows = Object.entries<CommandRow>(commands);
  const items = rows.flatMap(([command, { menus = [] }]) =>
    menus.map(({ menu, when, group }) => ({ menu, item: { command, when: whenOf(when), group } })),
  );
  const byMenu = [...Map.groupBy(items, ({ menu }) => menu)].map(([menu, all]) => [menu, all.map(({ item }) => item)] as const);
  const hidden = rows.filter(([, { inPalette }]) => inPalette === false).map(([command]) => ({ command, when: 'false' }));
  return { ...Object.fromEntries(byMenu), commandPalette: hidden };
}

function viewEntries(views: ViewTable, text: Text) {
  return Object.entries(views).map(([name, view]) => ({
    id: `millwright.${name}`,
    name: text(`view.${name}`, view.title),
    contextualTitle: title,
    icon,
  }));
}

function welcomeEntries(views: ViewTable, text: Text) {
  return Object.entries(views).flatMap(([view, { welcome }]) =>
    Object.entries(welcome).map(([name, row]) => ({
      view: `millwright.${view}`,
      contents: text(`welcome.${name}`, row.text),
      when: whenOf(row.when),
    })),
  );
}

function settingEntries(settings: Readonly<Record<string, Setting>>, text: Text) {
  const entries = Object.entries(settings).map(([name, { default: value, scope, description, ...limits }], index) => [
    `millwright.${name}`,
    {
      type: typeof value,
      default: value,
      ...limits,
      scope,
      order: index + 1,
      markdownDescription: text(`setting.${name}`, description),
    },
  ]);
  return Object.fromEntries(entries) as Readonly<Record<string, unknown>>;
}

function taskEntry(type: string, { properties }: TaskType, text: Text) {
  const described = Object.entries(properties).map(([name, { description, ...rules }]) => [
    name,
    { ...rules, description: text(`task.${name}`, description) },
  ]);
  return { type, properties: Object.fromEntries(described) as Readonly<Record<string, unknown>> };
}

function problemMatcherEntry(name: string, { problems }: TaskType, text: Text) {
  return {
    name,
    label: text(`problemMatcher.${name}`, problems.label),
    owner: name,
    source: name,
    fileLocation: ['autoDetect', '${workspaceFolder}'],
    pattern: problems.pattern,
  };
}

function walkthroughEntry(walkthrough: Walkthrough, text: Text) {
  return {
    id: walkthrough.id,
    title: text('walkthrough.title', walkthrough.title),
    description: text('walkthrough.description', walkthrough.description),
    steps: Object.entries(walkthrough.steps).map(([id, step]) => ({
      id,
      title: text(`walkthrough.${id}.title`, step.title),
      description: text(`walkthrough.${id}.description`, step.description),
      media: { svg: `media/walkthrough/${id}.svg`, altText: text(`walkthrough.${id}.alt`, step.alternative) },
      completionEvents: [`onContext:${step.completedBy}`],
    })),
  };
}

/** The text of package.json with what is made here in place of what it says of it. */
export function withContributions(packageText: string, rows: Contributions = contributions): string {
  const { activationEvents, contributes } = generateManifest(rows);
  const manifest = JSON.parse(packageText) as Readonly<Record<string, unknown>>;
  return `${JSON.stringify({ ...manifest, activationEvents, contributes }, undefined, 2)}\n`;
}

/** The text of package.nls.json. */
export function generateTexts(rows: Contributions = contributions): string {
  return `${JSON.stringify(generateManifest(rows).texts, undefined, 2)}\n`;
}
