/** The report page as one HTML file, from the built pages of this installation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installationRoot } from '../../base/entryPoint.ts';
import { AppError } from '../../base/errors.ts';
import { t } from '../../base/localize.ts';
import type { EvaluationReport } from '../../protocol/evaluation.ts';
import { exportedReport } from '../../protocol/exportedPage.ts';

export interface ReportDetails {
  /** The project's name. */
  readonly project: string;
  /** Milliseconds since 1970 UTC. */
  readonly evaluatedAt?: number;
  /** Holds `report.js` and `report.css`; default: `dist/pages` of the installation. */
  readonly pagesFolder?: string;
}

/** @throws AppError `evaluation.pageMissing` when the pages were not built */
export async function renderReportHtml(report: EvaluationReport, details: ReportDetails): Promise<string> {
  const folder = details.pagesFolder ?? join(installationRoot(), 'dist', 'pages');
  const [script, style] = await Promise.all([readPage(folder, 'report.js'), readPage(folder, 'report.css')]);
  const view = { state: 'ready', report, project: details.project, evaluatedAt: details.evaluatedAt } as const;
  return exportedReport({ script, style, view, language: 'en' });
}

async function readPage(folder: string, file: string): Promise<string> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (cause) {
    const args = { path: join(folder, file) };
    throw new AppError('evaluation.pageMissing', t('The report page {path} is missing.', args), {
      kind: 'environment',
      args,
      cause,
      remedy: t('Install Millwright again; in a checkout run "npm run build".'),
    });
  }
}
