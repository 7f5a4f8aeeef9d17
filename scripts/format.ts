/** `npm run format`: writes every file in the project's format. */
import { runNode } from './suites.ts';

process.exitCode = await runNode('node_modules/prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.']);
