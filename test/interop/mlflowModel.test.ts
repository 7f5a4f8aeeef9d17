/** A model that Millwright trained is loaded by real MLflow through the registry, and MLflow's own page shows its run. */
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFlightModel, type FlightModel } from '../support/flightModel.ts';
import { makeFolder } from '../support/project.ts';
import { runPython } from '../support/python.ts';

const root = makeFolder('model');
let made: FlightModel;
beforeAll(async () => {
  made = await makeFlightModel(root);
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Comparison {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly our_columns: readonly string[];
  readonly labels_differ: number;
  readonly largest_difference: number;
  readonly spread: number;
  readonly signature: readonly string[];
  readonly run_id: string;
}

describe('mlflow.pyfunc', () => {
  // MLflow 2.22 first: the newest upgrades the file, after which 2.22 refuses it.
  it.each(['mlflow-2', 'mlflow-newest'] as const)(
    'of %s predicts the same numbers by models:/flight-delays@challenger',
    async (environment) => {
      const args = ['models:/flight-delays@challenger', made.predictions, 'date,distance,origin,destination'];
      const comparison = await runPython<Comparison>(environment, 'predict.py', { cwd: root, args });
      expect(comparison.rows).toBeGreaterThan(10_000);
      expect(comparison.columns).toEqual(['prediction', 'probability']);
      expect(comparison.signature.toSorted()).toEqual(['date', 'destination', 'distance', 'origin']);
      expect(comparison.run_id).toBe(made.runId);
      expect(comparison.labels_differ).toBe(0);
      expect(comparison.largest_difference).toBeLessThan(1e-6);
      expect(comparison.spread).toBeGreaterThan(0.2);
    },
  );
});
