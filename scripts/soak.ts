/** `npm run soak`: what takes too long for `npm test`, such as hundreds of models through three runtimes, and hundreds of kills. */
import { ensurePythonEnvironment } from './pythonEnvironments.ts';
import { runSuites, soakSuite } from './suites.ts';

await ensurePythonEnvironment('mlflow-newest');
await ensurePythonEnvironment('mlflow-2');
process.exitCode = await runSuites([soakSuite]);
