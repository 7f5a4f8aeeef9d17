/**
 * What the language server asks its client for, besides LSP: all that it needs to know of the data.
 * Methods are plain names: server and client packages carry different versions of vscode-jsonrpc, whose tokens do not mix.
 */
import type { Column, ColumnProfile } from '../dataset.ts';

export interface ColumnsParams {
  /** Real path of the project folder. */
  readonly root: string;
  /** A data set of that project, by name. */
  readonly dataset: string;
  /** The project file as it stands in the editor, where it is not saved. */
  readonly text?: string;
}

/** Statistics where they are known already. Null: untrusted, no such data, or unreadable; the server then goes without. */
export type ColumnsResult = readonly (Column | ColumnProfile)[] | null;

/**
 * Request from server to client with {@link ColumnsParams} and {@link ColumnsResult}, while completing, hovering and
 * validating. The client answers within seconds, or with null.
 */
export const columnsRequest = 'millwright/columns';

/** Everything that the server may ask its client. */
export interface LanguageQuestions {
  readonly [columnsRequest]: { readonly params: ColumnsParams; readonly result: ColumnsResult };
}

export interface ColumnsChangedParams {
  /** Default: every project. */
  readonly root?: string;
}

/** Notification from client to server with {@link ColumnsChangedParams}: data changed, or the workspace became trusted. */
export const columnsChanged = 'millwright/columnsChanged';
