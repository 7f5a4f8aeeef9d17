/** `npm run soak`: what takes too long for `npm test`, such as hundreds of models through three runtimes. */
import { ensurePythonEnvironment } from './pythonEnvironments.ts';
import { runSuites, soakSuite } from './suites.ts';

await ensurePythonEnvironment('mlflow-newest');
process.exitCode = await runSuites([soakSuite]);
