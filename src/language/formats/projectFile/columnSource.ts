/** Columns of data sets, asked from the client once and remembered until the data or its definition changes. */
import { createHash } from 'node:crypto';
import type { Column, ColumnProfile } from '../../../protocol/dataset.ts';
import type { ColumnsParams, ColumnsResult } from '../../../protocol/contracts/languageContract.ts';
import { entryOf, toValue } from '../../../engine/project/text/yamlTree.ts';
import type { ProjectDocument } from './projectDocument.ts';

/** The columns of a data set by name; undefined while, or where, they are not known. */
export type KnownColumns = (dataset: string) => readonly (Column | ColumnProfile)[] | undefined;

/** Failures are remembered this long, so that typing does not ask again and again. */
const patienceAfterFailureMs = 10_000;
const timeoutMs = 15_000;
/** Of so many data sets the columns are judged; each costs the reading of its files. */
const mostDatasets = 100;

interface Answer {
  readonly columns: ColumnsResult;
  readonly askedAgainAfter: number;
}

export class ColumnSource {
  private readonly ask: (params: ColumnsParams) => Promise<ColumnsResult>;
  private readonly now: () => number;
  private answers = new Map<string, Answer>();
  private readonly pending = new Map<string, Promise<void>>();

  constructor(ask: (params: ColumnsParams) => Promise<ColumnsResult>, now: () => number = Date.now) {
    this.ask = ask;
    this.now = now;
  }

  /** What is known now, without asking. */
  known(project: ProjectDocument): KnownColumns {
    if (this.answers.size === 0) return () => undefined;
    const keyOf = keysFor(project);
    return (dataset) => this.answers.get(keyOf(dataset))?.columns ?? undefined;
  }

  /** Asks for the data sets that are not known yet; resolves when all have answered or timed out, never rejects. */
  async load(project: ProjectDocument, datasets: Iterable<string>): Promise<void> {
    const keyOf = keysFor(project);
    const asked = [...new Set(datasets)].slice(0, mostDatasets);
    await Promise.all(asked.map((dataset) => this.loadOne(project, dataset, keyOf(dataset))));
  }

  forget(): void {
    this.answers = new Map();
    this.pending.clear();
  }

  private async loadOne(project: ProjectDocument, dataset: string, key: string): Promise<void> {
    const { root } = project;
    if (root === undefined || (this.answers.get(key)?.askedAgainAfter ?? -1) > this.now()) return;
    const underWay = this.pending.get(key) ?? this.request(key, paramsFor(project, root, dataset));
    this.pending.set(key, underWay);
    await underWay;
  }

  private async request(key: string, params: ColumnsParams): Promise<void> {
    const answers = this.answers;
    const columns = await withTimeout(this.ask(params));
    answers.set(key, { columns, askedAgainAfter: columns === null ? this.now() + patienceAfterFailureMs : Infinity });
    this.pending.delete(key);
  }
}

/** The saved file stands for a text that is in the middle of being typed. */
function paramsFor({ parsed, document }: ProjectDocument, root: string, dataset: string): ColumnsParams {
  return parsed.project === undefined ? { root, dataset } : { root, dataset, text: document.getText() };
}

/** The definitions of all data sets are part of the key: one may come from another. */
function keysFor({ parsed, root }: ProjectDocument): (dataset: string) => string {
  const node = entryOf(parsed.resolved, 'datasets')?.value;
  const definitions = createHash('sha256')
    .update(JSON.stringify(node === undefined ? null : toValue(node)))
    .digest('hex');
  return (dataset) => JSON.stringify([root, dataset, definitions]);
}

/** A client that fails or stays silent knows no columns. */
async function withTimeout(answer: Promise<ColumnsResult>): Promise<ColumnsResult> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, timeoutMs);
  });
  try {
    return await Promise.race([answer, silence]);
  } catch {
    return null; // the client closed, or does not know the request
  } finally {
    clearTimeout(timer);
  }
}
