/** Lists that are read page by page, as MLflow's servers give them. */

/** What every question to a store may carry. */
export interface Question {
  readonly signal?: AbortSignal | undefined;
}

export interface PageQuestion extends Question {
  /** The most items of a page; the store itself may give fewer. */
  readonly limit?: number | undefined;
  /** What the page before named as the next one. */
  readonly page?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined: there are no more. */
  readonly nextPage?: string | undefined;
}

type AskPage<Item> = (page: string | undefined) => Promise<Page<Item>>;

/** Item by item; a page is asked for when its first item is. */
export async function* itemsOf<Item>(ask: AskPage<Item>): AsyncGenerator<Item, void> {
  let page: string | undefined;
  do {
    const { items, nextPage } = await ask(page);
    yield* items;
    page = nextPage;
  } while (page !== undefined);
}

/** @param most the most items; default: all */
export async function collectItems<Item>(ask: AskPage<Item>, most = Infinity): Promise<readonly Item[]> {
  const collected: Item[] = [];
  for await (const item of itemsOf(ask)) {
    collected.push(item);
    if (collected.length >= most) break;
  }
  return collected;
}
