/** From a URI of artifacts to their files: the one way for whoever works with what a run logged or a version holds. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import { resolveArtifacts } from './artifacts.ts';

/**
 * The files of a location, as a path on this machine; whether something lies there is for the caller to see.
 * @param location of a run, a model or a version, as stored, or as a writer returned it
 * @throws AppError `artifacts.elsewhere`
 */
export async function fetchArtifacts(root: string, location: string): Promise<string> {
  const path = resolveArtifacts(root, location);
  if (path === undefined) throw elsewhere(location);
  return Promise.resolve(path);
}

function elsewhere(location: string): AppError {
  return new AppError('artifacts.elsewhere', t('{location} is not on this machine, and is not read from there yet.', { location }), {
    kind: 'environment',
    args: { location },
    remedy: t('Download it: mlflow artifacts download --artifact-uri "{location}"', { location }),
  });
}
