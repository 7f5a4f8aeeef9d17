/** Whether names of data sets, features and stages name something. Looks at every value, also beside other mistakes. */
import { t } from '../../../base/localize.ts';
import type { StageKind } from '../../../protocol/tables/stageKinds.ts';
import { listed } from '../schema/describeValue.ts';
import type { Diagnostics } from '../text/diagnostics.ts';
import { childSchemas, schemasAt, type JsonSchema, type ReferenceTarget } from '../schema/projectSchema.ts';
import { entryOf, type MappingNode, type TreeNode } from '../text/yamlTree.ts';

export interface NameContext {
  readonly names: DefinedNames;
  readonly diagnostics: Diagnostics;
  readonly kindOfStage: (stage: string) => StageKind | undefined;
}

/** The names that the user chose; those of parts with mistakes are among them. */
export interface DefinedNames {
  readonly datasets: readonly string[];
  readonly features: readonly string[];
  readonly stages: readonly string[];
}

type Section = keyof DefinedNames;

const sectionOf: Partial<Record<ReferenceTarget, Section>> = { dataset: 'datasets', features: 'features', stage: 'stages' };

export function checkNames(tree: MappingNode, { names, ...rest }: NameContext): void {
  const known = { datasets: new Set(names.datasets), features: new Set(names.features), stages: new Set(names.stages) };
  const context: Visit = { names, known, ...rest };
  for (const section of ['datasets', 'features', 'stages'] as const) {
    const node = entryOf(tree, section)?.value;
    if (node?.kind !== 'mapping') continue;
    for (const { key, value } of node.entries) visit(value, schemasAt([section, key], context.kindOfStage), context);
  }
}

interface Visit extends NameContext {
  readonly known: Readonly<Record<Section, ReadonlySet<string>>>;
}

function visit(node: TreeNode, schemas: readonly JsonSchema[], context: Visit): void {
  if (node.kind === 'mapping') for (const { key, value } of node.entries) visit(value, childSchemas(schemas, key), context);
  else if (node.kind === 'sequence')
    node.items.forEach((item, index) => {
      visit(item, childSchemas(schemas, index), context);
    });
  else if (typeof node.value === 'string' && node.value !== '') {
    for (const { refersTo } of schemas) {
      const section = refersTo === undefined ? undefined : sectionOf[refersTo];
      if (section !== undefined && !context.known[section].has(node.value)) addUnknownName(section, node.value, node, context);
    }
  }
}

function addUnknownName(section: Section, name: string, { span }: TreeNode, { names, diagnostics }: NameContext): void {
  const known = names[section];
  diagnostics.spend();
  const nearest = diagnostics.nearest(name, known);
  const problem = {
    datasets: t('There is no data set "{name}".', { name }),
    features: t('There are no features "{name}".', { name }),
    stages: t('There is no stage "{name}".', { name }),
  }[section];
  const message = nearest === undefined ? problem : `${problem} ${t('Did you mean "{nearest}"?', { nearest })}`;
  diagnostics.add('project.unknownName', message, span, {
    args: { section, found: name, ...(nearest === undefined ? {} : { nearest }) },
    remedy:
      known.length === 0
        ? t('Define it under "{section}".', { section })
        : t('Names under "{section}": {known}.', { section, known: listed(known) }),
  });
}
