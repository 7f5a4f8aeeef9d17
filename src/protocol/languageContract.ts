/** What the language server asks its client for, besides LSP: all that it needs to know of the data. */
import { NotificationType, RequestType } from 'vscode-jsonrpc';
import type { Column, ColumnProfile } from './dataset.ts';

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

/** Server to client, while completing, hovering and validating. The client answers within seconds, or with null. */
export const columnsRequest = new RequestType<ColumnsParams, ColumnsResult, void>('millwright/columns');

/** Client to server: data files changed, or the workspace became trusted; columns known so far are forgotten. */
export const columnsChanged = new NotificationType<{ readonly root?: string }>('millwright/columnsChanged');
