/** The report of a validate stage, for `millwright report <stage>`. */
import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { AppError, exitCodes } from '../../base/errors.ts';
import { writeAtomic } from '../../base/files.ts';
import { t } from '../../base/localize.ts';
import type { StageValidation } from '../../protocol/pipeline.ts';
import type { CommandContext } from '../command.ts';
import { renderStoredValidation } from '../render/validation.ts';

/**
 * The latest report of the stage; undefined where the project has no such validate stage.
 * @throws AppError `report.notChecked` (kind usage) for a validate stage that was never run
 */
export async function findCheckReport(root: string, stage: string): Promise<StageValidation | undefined> {
  const { readValidation } = await import('../../engine/pipeline/reports/validationReports.ts');
  const stored = await readValidation(root, stage);
  if (stored !== undefined) return stored;
  const [{ loadProject }, { kindOf }] = await Promise.all([
    import('../../engine/project/loadProject.ts'),
    import('../../engine/project/definitions/stage.ts'),
  ]);
  const { project } = await loadProject(root);
  const spec = project?.stages[stage];
  if (spec === undefined || kindOf(spec) !== 'validate') return undefined;
  throw new AppError('report.notChecked', t('The stage {stage} has not checked its data yet.', { stage }), {
    kind: 'usage',
    args: { stage },
    remedy: t('Run it: "millwright run {stage}".', { stage }),
  });
}

/** Shows the report, or writes its page to a file. @returns the exit code */
export async function showCheckReport(
  root: string,
  stored: StageValidation,
  { html, context: { answer } }: { html: string | undefined; context: CommandContext },
): Promise<number> {
  const { validationPage } = await import('../../engine/pipeline/reports/validationReports.ts');
  const { stage, checkedAt, report } = stored;
  if (html === undefined) {
    const path = validationPage(root, stage);
    const page = existsSync(path) ? relative(process.cwd(), path) : undefined;
    answer({ stage, checkedAt, page: page === undefined ? undefined : path, report }, (style, width) =>
      renderStoredValidation({ stage, report, page }, style, width),
    );
    return exitCodes.ok;
  }
  const [{ renderPage }, { loadProject }] = await Promise.all([
    import('../../engine/pipeline/reports/renderPage.ts'),
    import('../../engine/project/loadProject.ts'),
  ]);
  const project = (await loadProject(root)).project?.name ?? root;
  const path = resolve(html);
  await writeAtomic(path, await renderPage({ page: 'validation', view: { report, stage, project, checkedAt } }));
  answer({ stage, path }, (style) => [`${style('green', '✓')} ${t('Wrote {path}.', { path: relative(process.cwd(), path) })}`]);
  return exitCodes.ok;
}
