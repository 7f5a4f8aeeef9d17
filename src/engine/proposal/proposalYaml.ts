/** The text of a proposed `millwright.yaml`, with comments for a reader who has never seen one. Pure. */
import type { ColumnProfile } from '../../protocol/dataset.ts';
import { featureDefaults, trainers, type Learner, type Trainer } from '../../protocol/tables/trainers.ts';
import { readKeys } from '../data/texts/readingNotes.ts';
import { quoteName } from '../data/sql/sqlText.ts';
import { heldShare, type DrawnHoldOut } from './holdOut.ts';
import type { ProposedProject } from './proposedProject.ts';
import { proposedStages } from './proposedStages.ts';
import { classNames, oneLine, scalar } from './yamlWords.ts';

export function proposalYaml(project: ProposedProject): string {
  return [
    `# ${comment(project)}`,
    `# Run it with "millwright run". Every key is explained when you point at it in VS Code.`,
    `name: ${scalar(project.name)}`,
    `seed: ${project.holdOut.seed}`,
    '',
    ...datasets(project),
    '',
    ...features(project),
    '',
    ...proposedStages(project),
    '',
  ].join('\n');
}

function comment({ task, target }: ProposedProject): string {
  const name = target.replace(/\s+/g, ' ');
  return task === 'regression' ? `A model that estimates "${name}".` : `A model that tells the classes of "${name}" apart.`;
}

function datasets(project: ProposedProject): string[] {
  const { holdOut } = project;
  const used = project.profile.filter((column) => isRead(column, project));
  const known = project.targetExpression === undefined ? quoteName(project.target) : `(${project.targetExpression})`;
  return [
    'datasets:',
    `  ${project.table}:`,
    `    path: ${scalar(project.path)}`,
    ...project.reading.reasons.map((reason) => `    # ${oneLine(reason)}`),
    ...(Object.keys(project.reading.read).length === 0 ? [] : [`    read: ${readKeys(project.reading.read)}`]),
    ...(holdOut.kind === 'time' ? [`    time: ${scalar(holdOut.column)}`] : []),
    ...(project.targetMissing > 0
      ? [`    where: ${scalar(`${known} IS NOT NULL`)}   # ${project.targetMissing} rows do not know the target`]
      : []),
    '    columns:   # declared types are enforced; add min, max, values or nullable: false',
    ...used.map((column) => columnLine(column, project)),
    ...(holdOut.kind === 'time'
      ? [
          '  # The model learns from the past and is measured on what came after it.',
          `  learn: {from: ${project.table}, during: {before: ${scalar(holdOut.cutoff)}}}`,
          `  test: {from: ${project.table}, during: {since: ${scalar(holdOut.cutoff)}}}`,
        ]
      : drawn(holdOut, project.table)),
  ];
}

function drawn(holdOut: DrawnHoldOut, table: string): string[] {
  const { ignore, where } = holdOut;
  const ignored = ignore.length === 0 ? '' : `, ignore: ${ignore.map(scalar).join(', ')}`;
  const condition = where === undefined ? '' : `where: ${scalar(where)}, `;
  return [
    ...holdOutReasons(holdOut),
    `  learn: {from: ${table}, except: test}`,
    `  test: {from: ${table}, ${condition}holdout: {share: ${heldShare}${ignored}}}`,
  ];
}

function columnLine(column: ColumnProfile, project: ProposedProject): string {
  const format = project.reading.formats.get(column.name);
  const written = format === undefined ? '' : `, format: ${scalar(format)}`;
  return `      ${scalar(column.name)}: {type: ${declaredType(column, project)}${written}}`;
}

/** How near a share is what it is called. */
const nearly = 0.02;

/** Which rows are kept back, why they are not the latest, and which classes the model is not measured on. */
function holdOutReasons({ lateClasses, alwaysLearnt, share, isByRow }: DrawnHoldOut): string[] {
  const part = Math.abs(share - heldShare) <= nearly ? 'One row in five' : `${Math.round(share * 100)} % of the rows`;
  const together = isByRow
    ? 'Few columns tell rows apart, so they are drawn one by one.'
    : 'Rows that are equal but for the target stay on one side.';
  const late =
    lateClasses === undefined
      ? []
      : [`  # Not the latest by ${oneLine(lateClasses.column)}: only they have ${classNames(lateClasses.classes)}.`];
  const rare =
    alwaysLearnt.length === 0
      ? []
      : [`  # Too rare to be kept back: ${classNames(alwaysLearnt)}. Their rows are all learnt, so the model is not measured on them.`];
  return [`  # ${part} is kept back to measure the model: always the same. ${together}`, ...late, ...rare];
}

function isRead(column: ColumnProfile, project: ProposedProject): boolean {
  const use = project.uses.find((one) => one.column === column.name)?.use;
  return use !== undefined && use !== 'ignored';
}

function declaredType(column: ColumnProfile, project: ProposedProject): string {
  if (column.name === project.target && project.targetExpression === undefined && project.targetIsCategory) return 'category';
  const use = project.uses.find((one) => one.column === column.name)?.use;
  const isLevels = column.type === 'text' || (column.type === 'number' && use === 'categorical');
  return isLevels ? 'category' : column.type;
}

function features(project: ProposedProject): string[] {
  const { target, targetExpression, cycles } = project;
  const left = project.uses.filter((one) => one.use === 'ignored');
  return [
    'features:',
    '  inputs:',
    `    target: ${targetExpression === undefined ? scalar(target) : `{${scalar(target)}: ${scalar(targetExpression)}}`}`,
    ...inputs(project, 'numeric', missingNumbers(project.trainer)),
    ...inputs(project, 'categorical', {
      option: '{missing: level}',
      comment: 'missing texts are a level of their own; levels not seen in training share another code',
    }),
    ...(cycles.length === 0 ? [] : ['    cyclical:   # what comes round: 23:00 is near 01:00']),
    ...cycles.map(({ name, value, period }) => `      ${scalar(name)}: {value: ${scalar(value)}, period: ${period}}`),
    ...project.warnings.map((warning) => `    # Look at this: ${oneLine(warning)}`),
    ...(left.length === 0 ? [] : ['    # Left out:']),
    ...left.map((one) => `    #   ${one.column.replace(/\s+/g, ' ')}: ${one.reason}`),
  ];
}

interface MissingValues {
  /** What a column with missing values says. */
  readonly option: string;
  readonly comment: string;
}

const imputationComments: Readonly<Record<Learner, string>> = {
  trees: 'missing numbers stay missing: trees learn which way they go',
  linear: 'missing numbers become the median of the rows that are learned',
};

function missingNumbers(trainer: Trainer): MissingValues {
  const { learner } = trainers[trainer];
  return { option: `{impute: ${featureDefaults[learner].impute}}`, comment: imputationComments[learner] };
}

/** A list of columns; where some have missing values, one line each that says what becomes of them. */
function inputs({ uses, profile }: ProposedProject, key: 'numeric' | 'categorical', { option, comment }: MissingValues): string[] {
  const columns = uses.filter(({ use }) => use === key).map(({ column }) => column);
  if (columns.length === 0) return [];
  const missing = new Set(profile.filter((column) => column.missing > 0).map(({ name }) => name));
  if (!columns.some((column) => missing.has(column))) return [`    ${key}: [${columns.map(scalar).join(', ')}]`];
  return [`    ${key}:   # ${comment}`, ...columns.map((column) => `      ${scalar(column)}: ${missing.has(column) ? option : '{}'}`)];
}
