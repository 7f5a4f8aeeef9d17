/** Preloaded into a process under test (`--import`): lets it see as many cores as MILLWRIGHT_TEST_CORES says. */
import os from 'node:os';
import { syncBuiltinESMExports } from 'node:module';

const cores = Number(process.env.MILLWRIGHT_TEST_CORES);
os.availableParallelism = () => cores;
syncBuiltinESMExports();
