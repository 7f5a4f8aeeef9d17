/** `npm run check`: types, lint, format and unit tests; what to run before every commit. */
import { quickSuites, runSuites } from './suites.ts';

process.exitCode = await runSuites(quickSuites);
