/** What the engine process hands to its query threads: everything that may take more than a moment. */
import { engineContract } from '../protocol/contracts/engineContract.ts';

export const queryContract = {
  pipeline: engineContract.pipeline,
  graph: engineContract.graph,
  runs: engineContract.runs,
  run: engineContract.run,
  reports: engineContract.reports,
  validation: engineContract.validation,
  models: engineContract.models,
  environment: engineContract.environment,
  rememberEnvironment: engineContract.rememberEnvironment,
  setAlias: engineContract.setAlias,
  deleteAlias: engineContract.deleteAlias,
  columns: engineContract.columns,
  profile: engineContract.profile,
  propose: engineContract.propose,
  doctor: engineContract.doctor,
  trustGranted: engineContract.trustGranted,
} as const;
