import { DatabaseSync } from 'node:sqlite';
import { vi } from 'vitest';

export interface DatabaseCost {
  readonly questions: number;
  readonly rows: number;
}

/** How many questions some work asks SQLite in this process, and how many rows it is answered. */
export async function databaseCost(work: () => Promise<unknown>): Promise<DatabaseCost> {
  const cost = { questions: 0, rows: 0 };
  const prepare = DatabaseSync.prototype.prepare; // eslint-disable-line @typescript-eslint/unbound-method
  const spy = vi.spyOn(DatabaseSync.prototype, 'prepare').mockImplementation(function (this: DatabaseSync, sql: string) {
    const statement = prepare.call(this, sql);
    const all = statement.all.bind(statement);
    vi.spyOn(statement, 'all').mockImplementation((...values) => {
      const rows = all(...(values as string[]));
      cost.questions++;
      cost.rows += rows.length;
      return rows;
    });
    return statement;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return cost;
}
