/** A report page as one file: script, style and data inside, nothing fetched, no other script allowed to run. */
import { createHash } from 'node:crypto';
import { t } from '../../base/localize.ts';
import type { ReadyReports, ReportPageName } from './pageContract.ts';
import { dataBlock, pageDocument } from './pageDocument.ts';
import { runTitle } from '../words/runTitle.ts';

/** A page with what it shows. */
export type PageContent = { readonly [Name in ReportPageName]: { readonly page: Name; readonly view: ReadyReports[Name] } }[ReportPageName];

export interface PageAssets {
  /** The texts of `<page>.js` and `<page>.css` from the built pages. */
  readonly script: string;
  readonly style: string;
  /** BCP 47, for example `en`. */
  readonly language: string;
}

/** A whole HTML document; its policy names script and style by their hashes. */
export function exportedPage(content: PageContent, { script, style, language }: PageAssets): string {
  // A closing tag inside a string of the bundle would end the element; `<\/` means the same there.
  const safeScript = script.replaceAll(/<\/(script)/gi, '<\\/$1');
  const safeStyle = style.replaceAll(/<\/(style)/gi, '<\\/$1');
  const { view } = content;
  return pageDocument({
    title: t('{subject} – {project}', { subject: subjectOf(content), project: view.project }),
    language,
    scriptSource: sourceHash(safeScript),
    styleSource: sourceHash(safeStyle),
    fontSource: "'none'",
    head: `<style>${safeStyle}</style>`,
    scripts: `${dataBlock('view', { state: 'ready', ...view })}\n<script>${safeScript}</script>`,
  });
}

/** What the page is about: the stage whose report it is, the run, or the whole pipeline. */
export function subjectOf(content: PageContent): string {
  switch (content.page) {
    case 'report':
      return content.view.report.stage;
    case 'validation':
      return content.view.stage;
    case 'run':
      return runTitle(content.view.sheet.run);
    case 'graph':
      return t('pipeline');
  }
}

function sourceHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
