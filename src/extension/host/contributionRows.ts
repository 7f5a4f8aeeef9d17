/**
 * The rows from which package.json gets what the extension contributes. They lie in `contributions.ts` of the room that they are about, and
 * `src/extension/contributions.ts` puts them together; `scripts/manifest.ts` writes them. Texts stand here in English.
 */
import type { Condition, ContextKey, ViewName } from './conditions.ts';

/** A place that an icon stands for. */
type IconGroup = `inline@${number}` | `navigation@${number}`;
type TextGroup = `${number}_${string}@${number}`;

export interface MenuItem<Group extends string = IconGroup | TextGroup> {
  readonly menu: 'view/title' | 'view/item/context' | 'explorer/context' | 'editor/title';
  readonly when: Condition;
  readonly group: Group;
}

interface CommandBase {
  readonly title: string;
  /** What must hold for it to run: trust, where it changes or runs anything; a command that only reads works in Restricted Mode too. */
  readonly needs: 'isWorkspaceTrusted' | ContextKey | 'nothing';
  /** False for one that makes sense on the item alone that it is called on. */
  readonly inPalette?: false;
}

/** The name of a codicon; only a command that has one can show in a title bar or in the line of an item. */
export type CommandRow = CommandBase &
  (
    | { readonly icon: string; readonly menus?: readonly MenuItem[] }
    | { readonly icon?: never; readonly menus?: readonly MenuItem<TextGroup>[] }
  );

declare const carried: unique symbol;

/** A command with what it is called with; menus pass the tree item or file they were opened on. */
export type Command<Args extends readonly unknown[]> = CommandRow & { readonly [carried]?: (...args: Args) => void };

export function command<Args extends readonly unknown[] = []>(row: CommandRow): Command<Args> {
  return row;
}

export type CommandTable = Readonly<Record<`millwright.${string}`, Command<never>>>;
export type ArgumentsOf<Row> = Row extends Command<infer Args> ? Args : never;

/** One function for each command of a table; leaving one out does not compile. */
export type HandlersOf<Table> = { readonly [Id in keyof Table]: (...args: ArgumentsOf<Table[Id]>) => unknown };

export interface Setting<Value extends string | number | boolean = string | number | boolean> {
  readonly default: Value;
  /** `machine`: names what runs on this machine, so no folder may set it. */
  readonly scope: 'machine' | 'resource';
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

export function setting<Value extends string | number | boolean>(row: Setting<Value>): Setting<Value> {
  return row;
}

export type ViewTable = Readonly<Record<ViewName, View>>;

export interface View {
  readonly title: string;
  /** What an empty view says, by name. */
  readonly welcome: Readonly<Record<string, { readonly text: string; readonly when: Condition }>>;
}

interface TaskProperty {
  readonly type: 'string' | 'integer' | 'array';
  readonly description: string;
  readonly [rule: string]: unknown;
}

/** A kind of task, and how the lines that it prints are read. */
export interface TaskType {
  readonly properties: Readonly<Record<string, TaskProperty>>;
  readonly problems: { readonly label: string; readonly pattern: Readonly<Record<string, string | number>> };
}

export interface Walkthrough {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly steps: Readonly<Record<string, WalkthroughStep>>;
}

interface WalkthroughStep {
  readonly title: string;
  readonly description: string;
  /** What its picture shows. */
  readonly alternative: string;
  readonly completedBy: ContextKey;
}

/** Everything that the extension contributes. */
export interface Contributions {
  readonly commands: CommandTable;
  readonly settings: Readonly<Record<string, Setting>>;
  readonly views: ViewTable;
  /** The kinds of pages, by which the editor brings them back. */
  readonly pages: Readonly<Record<string, `millwright.${string}`>>;
  readonly tasks: Readonly<Record<string, TaskType>>;
  readonly walkthroughs: readonly Walkthrough[];
  /** Texts that package.json names elsewhere, by their key. */
  readonly texts: Readonly<Record<string, string>>;
}
