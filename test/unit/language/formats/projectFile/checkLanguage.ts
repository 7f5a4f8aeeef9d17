/** Language features in tests: a project file with `|` at the caret, and a data set whose columns are known. */
import { TextDocument, type Position } from 'vscode-languageserver-textdocument';
import type { Column, ColumnProfile } from '../../../../../src/protocol/dataset.ts';
import type { KnownColumns } from '../../../../../src/language/formats/projectFile/columnSource.ts';
import { readProjectDocument, type ProjectDocument } from '../../../../../src/language/formats/projectFile/projectDocument.ts';

const profile: ColumnProfile = {
  name: 'delay',
  type: 'integer',
  storedAs: 'BIGINT',
  missing: 3,
  distinct: 900,
  distinctIsEstimate: false,
  infinite: 0,
  min: -20,
  max: 180,
  mean: 7.25,
  standardDeviation: 20,
  outliers: undefined,
  histogram: undefined,
  top: [{ value: '0', count: 12 }],
};

const flights: readonly (Column | ColumnProfile)[] = [
  profile,
  { name: 'date', type: 'timestamp', storedAs: 'TIMESTAMP' },
  { name: 'origin', type: 'category', storedAs: 'VARCHAR' },
  { name: 'destination', type: 'category', storedAs: 'VARCHAR' },
  { name: 'on time', type: 'boolean', storedAs: 'BOOLEAN', truthNames: ['False', 'True'] },
];

/** Of the data set `flights` and those that come from it; nothing else is known. */
export const columns: KnownColumns = (dataset) => (dataset === 'flights' || dataset === 'winter' ? flights : undefined);

export const file = `name: flights-project
params: {rate: 0.1, deep: {er: 3}}
datasets:
  flights:
    path: flights.parquet
    time: date
  winter: {from: flights, where: delay > 1}
features:
  flight:
    target: {late: "delay > 15"}
    numeric: [delay]
    categorical: [origin]
    cyclical:
      hour: {value: "hour(date)", period: 24}
stages:
  check: {uses: validate, dataset: flights}
  train:
    uses: train
    dataset: winter
    features: flight
    params: {learning_rate: "\${params.rate}"}
  measure: {uses: evaluate, model: train, dataset: flights, metrics: [roc_auc], segments: [origin]}
  keep: {uses: register, model: train, name: flights-model, alias: champion}
`;

/** A variant of {@link file}: `from` replaced by `to`, which holds the caret. */
export function edited(from: string, to: string): string {
  if (!file.includes(from)) throw new Error(`not in the file: ${from}`);
  return file.replace(from, () => to);
}

export interface AtCaret {
  readonly project: ProjectDocument;
  readonly position: Position;
}

/** Takes the caret `|` out of a text. */
export function atCaret(marked: string): AtCaret {
  const offset = marked.indexOf('|');
  if (offset < 0) throw new Error('no caret');
  const project = projectOf(marked.slice(0, offset) + marked.slice(offset + 1));
  return { project, position: project.document.positionAt(offset) };
}

export function projectOf(text: string): ProjectDocument {
  const document = TextDocument.create('file:///work/project/millwright.yaml', 'yaml', 1, text);
  return readProjectDocument(document, { HOME: '/home/user', API_TOKEN: 'hush' });
}
