/** The report page as one file: script, style and data inside, nothing fetched, no other script allowed to run. */
import { createHash } from 'node:crypto';
import { t } from '../base/localize.ts';
import type { ReportView } from './pageContract.ts';
import { dataBlock, pageDocument } from './pageDocument.ts';

export interface ExportedReport {
  /** The texts of `report.js` and `report.css` from the built pages. */
  readonly script: string;
  readonly style: string;
  readonly view: Extract<ReportView, { readonly state: 'ready' }>;
  /** BCP 47, for example `en`. */
  readonly language: string;
}

/** A whole HTML document; its policy names script and style by their hashes. */
export function exportedReport({ script, style, view, language }: ExportedReport): string {
  // A closing tag inside a string of the bundle would end the element; `<\/` means the same there.
  const safeScript = script.replaceAll(/<\/(script)/gi, '<\\/$1');
  const safeStyle = style.replaceAll(/<\/(style)/gi, '<\\/$1');
  return pageDocument({
    title: t('{stage} – {project}', { stage: view.report.stage, project: view.project }),
    language,
    scriptSource: sourceHash(safeScript),
    styleSource: sourceHash(safeStyle),
    fontSource: "'none'",
    head: `<style>${safeStyle}</style>`,
    scripts: `${dataBlock('view', view)}\n<script>${safeScript}</script>`,
  });
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
