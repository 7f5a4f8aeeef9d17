/** A failure as the terminal tells it: what happened, and what to do. */
import type { ErrorRecord } from '../../src/base/errors.ts';

export function ErrorNotice({ error }: { readonly error: ErrorRecord }) {
  const place = error.at === undefined ? undefined : `${error.at.file}:${error.at.line}:${error.at.column}`;
  return (
    <div role="alert" className="notice">
      <p className="bad">{error.message}</p>
      {error.remedy === undefined ? null : <p>{error.remedy}</p>}
      {place === undefined ? null : <p className="muted mono">{place}</p>}
    </div>
  );
}
