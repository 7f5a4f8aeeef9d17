/** The three million flights of vega-datasets, and the project by which tests and benches learn which of them are late. */
import { join } from 'node:path';
import type { StageContext } from '../../src/protocol/stageContext.ts';

export const flightsFile = join(import.meta.dirname, '../../node_modules/vega-datasets/data/flights-3m.parquet');

/**
 * A `millwright.yaml` with the data set `flights`, parts of it, and a stage `train` on features of distance, places, hour and weekday.
 * @param parts spans of time by the name of the part: `before: 2001-03-01`
 * @param train further keys of the stage, one line each
 */
export function flightProject(parts: Readonly<Record<string, string>>, train: readonly string[]): string {
  const datasets = Object.entries(parts).map(([name, during]) => `  ${name}: {from: flights, during: {${during}}}`);
  return `name: flight-delays
environment: development
seed: 42
datasets:
  flights:
    path: ${JSON.stringify(flightsFile)}
    time: date
    columns: {delay: {type: integer}, distance: {type: integer}, origin: {type: category}, destination: {type: category}}
${datasets.join('\n')}
features:
  flight:
    target: {late: "delay > 15"}
    numeric: [distance]
    categorical: [origin, destination]
    cyclical:
      hour: {value: "hour(date) + minute(date) / 60.0", period: 24}
      weekday: {value: "dayofweek(date)", period: 7}
stages:
  train:
    uses: train
    features: flight
${train.map((line) => `    ${line}`).join('\n')}
`;
}

/** The 966,409 flights of January and February. */
export const winter = { winter: 'before: 2001-03-01' } as const;

/** Every winter row but one teaches. */
export const winterTraining = ['dataset: winter', 'validation: {split: random, share: 0.000001}'] as const;

/** What a stage may use: two cores and the memory that the machinery must keep to on these data. */
export const flightContext: StageContext = {
  signal: new AbortController().signal,
  budget: { threads: 2, memoryBytes: 1.5 * 2 ** 30 },
  log: () => undefined,
  progress: () => undefined,
};
