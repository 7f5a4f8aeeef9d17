/** Work on a stream of items, several at a time, with results in the items' order. */

/**
 * @param atOnce how many items may be under way
 * @throws what the items' source or the work throws; work that is still under way has ended then
 */
export async function* mapInOrder<T, R>(items: AsyncIterable<T>, atOnce: number, work: (item: T) => Promise<R>): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const result = work(item);
      result.catch(() => undefined); // it is thrown when its turn comes
      underWay.push(result);
      if (underWay.length >= atOnce) yield await next(underWay);
    }
    while (underWay.length > 0) yield await next(underWay);
  } finally {
    await Promise.allSettled(underWay);
  }
}

async function next<R>(underWay: Promise<R>[]): Promise<R> {
  const first = underWay.shift();
  if (first === undefined) throw new RangeError('nothing is under way');
  return first;
}
