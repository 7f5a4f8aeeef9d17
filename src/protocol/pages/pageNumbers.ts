/** Numbers that JSON has no word for, on their way to a page and back: VS Code and exported files carry JSON, which makes null of them. Pure. */

/** No name that a user gives can be this. */
const key = '\u0000number';

/** The value with each NaN and infinity as an object of its own; what has none is given back as it is. */
export function packNumbers(value: unknown): unknown {
  return mapped(value, (each) => (typeof each === 'number' && !Number.isFinite(each) ? { [key]: String(each) } : each));
}

/** What {@link packNumbers} packed, as it was. */
export function unpackNumbers(value: unknown): unknown {
  return mapped(value, (each) => {
    if (!isPlain(each)) return each;
    const packed = each[key];
    return typeof packed === 'string' && Object.keys(each).length === 1 ? Number(packed) : each;
  });
}

/** Changes leaves before what holds them; parts without a change keep their identity. */
function mapped(value: unknown, change: (each: unknown) => unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => mapped(item, change));
    return items.some((item, index) => !Object.is(item, value[index])) ? items : value;
  }
  if (!isPlain(value)) return change(value);
  const entries = Object.entries(value).map(([name, item]) => [name, mapped(item, change)] as const);
  return change(entries.some(([name, item]) => !Object.is(item, value[name])) ? Object.fromEntries(entries) : value);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
