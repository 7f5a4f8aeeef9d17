/** The reference of the project file as Markdown, made from the same definitions that read it. */
import type { Task } from '../../../protocol/evaluation.ts';
import { checkNames, dataChecks, limitDefaults, type LimitName } from '../../../protocol/tables/dataChecks.ts';
import { metricDefinitions, metricNames } from '../../../protocol/tables/metrics.ts';
import { stageDefinitions } from '../definitions/stage.ts';
import { describeExpected } from './describeValue.ts';
import { alternatives, projectSchema, type JsonSchema } from './projectSchema.ts';
import { hyperparameterSynonyms, metricSynonyms } from './synonyms.ts';

interface Row {
  readonly key: string;
  readonly value: string;
  readonly required: boolean;
  readonly description: string;
}

/** The text of `docs/project-file.md`. */
export function generateReference(): string {
  const { top, stages } = projectSchema();
  const sectionNames = ['datasets', 'features', 'stages'];
  const own: JsonSchema = {
    ...top,
    properties: Object.fromEntries(Object.entries(top.properties ?? {}).filter(([key]) => !sectionNames.includes(key))),
  };
  const sections = [
    introduction,
    '## The file',
    table(rowsOf(own, '')),
    'Top-level keys that begin with `x-` are left alone: they may hold anchors.',
    '## Data sets: `datasets.<name>`',
    table(rowsOf(memberOf(top.properties?.datasets), '')),
    '## Features: `features.<name>`',
    table(rowsOf(memberOf(top.properties?.features), '')),
    '## Stages: `stages.<name>`',
    stagesText,
    ...Object.entries(stages).flatMap(([kind, schema]) => [
      kind === 'run' ? '### `run: <command>`' : `### \`uses: ${kind}\``,
      schema.description ?? '',
      table(rowsOf(schema, '')),
    ]),
    '## Metrics',
    metricTable(),
    '## Names from elsewhere',
    'Names of other tools are recognised, and the editor offers to replace them.',
    synonymTable(hyperparameterSynonyms, 'Hyperparameter'),
    synonymTable(metricSynonyms, 'Metric'),
    referencesText,
  ];
  return `${sections.join('\n\n')}\n`;
}

const introduction = `# The project file

<!-- Generated from src/engine/project/definitions; do not edit. -->

\`millwright.yaml\` describes the life of a model. The folder that holds it is the project: paths are relative to it.
It is YAML 1.2; dates are texts, and anchors, aliases and merge keys (\`<<\`) may be used. Names of data sets, features and
stages consist of letters, digits, \`-\` and \`_\`. Keys marked with * are required.`;

const stagesText = `A stage says what it \`uses\`, or which command it runs (\`run\`). The order of stages follows from what they read
and write; \`needs\` adds to it. A \`validate\` stage precedes every stage that reads its data set. 
A stage runs again when what decides its result has changed; ${idleKeys()} decide nothing of it.`;

/** Keys of stages that do nothing to a result. */
function idleKeys(): string {
  const names = Object.values(stageDefinitions).flatMap(({ effects }) =>
    Object.entries(effects).flatMap(([key, effect]) => (effect === 'nothing' ? [`\`${key}\``] : [])),
  );
  return [...new Set(names)].join(', ');
}

const referencesText = `## References

\`\${params.name}\` stands for a value under \`params\` (points lead into nested values), \`\${env.NAME}\` for a variable of the
environment. A value that is one reference keeps its type; within a longer text the value is put in its place. In \`run\` that
happens after the command was split into arguments, so that a value with spaces stays one argument. Inside brackets a
reference needs quotes: \`{learning_rate: "\${params.learning_rate}"}\`. \`$\${\` stands for a plain \`\${\`.

\`--set learning_rate=0.05\`, where one place of the file alone has such a key, and \`--set stages.train.params.max_iter=50\` replace a value for one run.`;

/** The schema of what stands under each name of a section. */
function memberOf(section: JsonSchema | undefined): JsonSchema {
  return typeof section?.additionalProperties === 'object' ? section.additionalProperties : {};
}

/** A row per key, keys of nested mappings by their dotted names. */
function rowsOf(schema: JsonSchema, prefix: string): readonly Row[] {
  const choices = alternatives(schema);
  return choices.flatMap((choice) => [
    ...Object.entries(choice.properties ?? {})
      .filter(([name]) => prefix !== '' || name !== 'uses')
      .flatMap(([name, property]) => {
        const key = `${prefix}${name}`;
        const required = choices.length === 1 && (choice.required?.includes(name) ?? false);
        return [{ key, value: valueText(property), required, description: property.description ?? '' }, ...rowsOf(property, `${key}.`)];
      }),
    ...(typeof choice.additionalProperties === 'object' ? rowsOf(choice.additionalProperties, `${prefix}<name>.`) : []),
  ]);
}

function valueText(schema: JsonSchema): string {
  return describeExpected(alternatives(schema));
}

function table(rows: readonly Row[]): string {
  const unique = rows.filter((row, index) => rows.findIndex(({ key }) => key === row.key) === index);
  const lines = unique.map(
    ({ key, value, required, description }) => `| \`${key}\`${required ? ' *' : ''} | ${cell(value)} | ${cell(description)} |`,
  );
  return ['| key | value | meaning |', '|---|---|---|', ...lines].join('\n');
}

function metricTable(): string {
  const words: Readonly<Record<Task, string>> = { binary: 'two classes', multiclass: 'several classes', regression: 'numbers' };
  const lines = metricNames.map((name) => {
    const { label, tasks, higherIsBetter, onlyOnRequest, needs } = metricDefinitions[name];
    const when = needs === 'group' ? 'with `group`, or where named' : onlyOnRequest === true ? 'where named' : 'always';
    return `| \`${name}\` | ${label} | ${tasks.map((task) => words[task]).join(', ')} | ${higherIsBetter ? 'more' : 'less'} | ${when} |`;
  });
  return ['| metric | in words | predicted are | better is | measured |', '|---|---|---|---|---|', ...lines].join('\n');
}

/** The table of checks in `docs/data.md`. */
export function checkTable(): string {
  const fallbacks: Readonly<Record<LimitName, number | null>> = limitDefaults;
  const lines = checkNames.map((name) => {
    const { asks, limit, severity } = dataChecks[name];
    const held = limit === undefined ? '' : `\`${limit}\` (${fallbacks[limit] ?? 'no limit'})`;
    return `| \`${name}\` | ${asks} | ${held} | ${severity === 'warn' ? 'warns' : 'fails'} |`;
  });
  return ['| check | asks | limit (default) | breaks it |', '|---|---|---|---|', ...lines].join('\n');
}

function synonymTable(synonyms: Readonly<Record<string, string>>, title: string): string {
  const byName = Map.groupBy(Object.entries(synonyms), ([, name]) => name);
  const lines = [...byName].map(([name, entries]) => `| \`${name}\` | ${entries.map(([synonym]) => `\`${synonym}\``).join(', ')} |`);
  return [`| ${title} | also known as |`, '|---|---|', ...lines].join('\n');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
