/** Which kind of stage a mapping under `stages` is: what it `uses`, or `run` for a command. */
import { t } from '../../../base/localize.ts';
import type { ShapeContext } from './checkShape.ts';
import { addNotYetSupported } from './checkShape.ts';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { stageDefinitions } from '../definitions/stage.ts';
import { describeFound, listed } from '../schema/describeValue.ts';
import { nearestName } from '../text/nearestName.ts';
import { plannedAt } from '../schema/plannedKeys.ts';
import { entryOf, keySpanAt, nodeAt, type Path, type TreeNode } from '../text/yamlTree.ts';

/** Values that `uses` may have. */
export const usesNames: readonly string[] = Object.keys(stageDefinitions).filter((kind) => kind !== 'run');

export function kindAt(node: TreeNode | undefined): StageKind | undefined {
  const uses = entryOf(node, 'uses')?.value;
  if (uses === undefined) return entryOf(node, 'run') === undefined ? undefined : 'run';
  if (uses.kind !== 'scalar' || entryOf(node, 'run') !== undefined) return undefined;
  return isUses(uses.value) ? uses.value : undefined;
}

function isUses(value: unknown): value is Exclude<StageKind, 'run'> {
  return typeof value === 'string' && usesNames.includes(value);
}

/** Says why {@link kindAt} found no kind. */
export function addStageKindProblem(path: Path, { root, diagnostics }: ShapeContext): void {
  const name = String(path.at(-1));
  const node = nodeAt(root, path);
  const span = keySpanAt(root, path) ?? root.span;
  const uses = entryOf(node, 'uses')?.value;
  const legal = listed(usesNames);
  if (node?.kind !== 'mapping') {
    diagnostics.add(
      'project.wrongValue',
      t('The stage "{name}" is {found}, but must be a mapping.', { name, found: describeFound(node) }),
      span,
      {
        args: { path: path.join('.') },
        remedy: t('Begin with "uses: …" ({legal}) or "run: <command>".', { legal }),
      },
    );
  } else if (uses === undefined) {
    diagnostics.add('project.missingKey', t('The stage "{name}" says neither what it uses nor what it runs.', { name }), span, {
      args: { key: 'uses' },
      remedy: t('Add "uses: …" ({legal}) or "run: <command>".', { legal }),
    });
  } else if (entryOf(node, 'run') !== undefined) {
    const at = keySpanAt(root, [...path, 'run']) ?? span;
    diagnostics.add('project.usesAndRun', t('The stage "{name}" has both "uses" and "run".', { name }), at, {
      remedy: t('Keep one of the two.'),
    });
  } else {
    const found = uses.kind === 'scalar' ? String(uses.value) : '';
    const at = uses.kind === 'scalar' && uses.span.end > uses.span.start ? uses.span : (keySpanAt(root, [...path, 'uses']) ?? span);
    const planned = plannedAt([...path, 'uses', found]);
    if (planned !== undefined) {
      addNotYetSupported(found, planned, at, diagnostics);
      return;
    }
    const nearest = nearestName(found, usesNames);
    const args = { name, found: describeFound(uses), legal };
    const message =
      nearest === undefined
        ? t('The stage "{name}" uses {found}, but must use one of {legal}.', args)
        : t('The stage "{name}" uses {found}, but must use one of {legal}. Did you mean "{nearest}"?', { ...args, nearest });
    diagnostics.add('project.wrongValue', message, at, { args: { found, ...(nearest === undefined ? {} : { nearest }) } });
  }
}
