/** A report as one HTML file, from the built pages of this installation. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installationRoot } from '../../../base/entryPoint.ts';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { exportedPage, type PageContent } from '../../../protocol/pages/exportedPage.ts';

/**
 * @param pagesFolder holds `<page>.js` and `<page>.css`; default: `dist/pages` of the installation
 * @throws AppError `report.pageMissing` when the pages were not built
 */
export async function renderPage(content: PageContent, pagesFolder = join(installationRoot(), 'dist', 'pages')): Promise<string> {
  const [script, style] = await Promise.all([readAsset(pagesFolder, `${content.page}.js`), readAsset(pagesFolder, `${content.page}.css`)]);
  return exportedPage(content, { script, style, language: 'en' });
}

/** As {@link renderPage}, but undefined in a checkout whose pages were never built: there the figures count. */
export async function renderPageIfBuilt(content: PageContent): Promise<string | undefined> {
  try {
    return await renderPage(content);
  } catch (error) {
    if (AppError.is(error, 'report.pageMissing')) return undefined;
    throw error;
  }
}

async function readAsset(folder: string, file: string): Promise<string> {
  try {
    return await readFile(join(folder, file), 'utf8');
  } catch (cause) {
    const args = { path: join(folder, file) };
    throw new AppError('report.pageMissing', t('The report page {path} is missing.', args), {
      kind: 'environment',
      args,
      cause,
      remedy: t('Install Millwright again; in a checkout run "npm run build".'),
    });
  }
}
