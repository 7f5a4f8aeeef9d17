/** `npm run workbench [example]`: an example in a real VS Code in the browser, with the extension installed. Ctrl-C ends it. */
import { parseArgs } from 'node:util';
import { AppError, errorText, exitCodes } from '../src/base/errors.ts';
import { startCodeServer } from './codeServer.ts';
import { exampleFolder, exampleNamed, packageIfChanged, placeData } from './prepareExample.ts';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '8090' }, folder: { type: 'string' } },
  allowPositionals: true,
});

try {
  const name = exampleNamed(positionals[0]);
  const vsix = await packageIfChanged();
  await placeData(name);
  // Not `none`, so that the extension shows its first steps.
  const settings = { 'workbench.startupEditor': 'welcomePageInEmptyWorkbench' };
  const server = await startCodeServer({ workspace: values.folder ?? exampleFolder(name), vsix, port: Number(values.port), settings });
  console.log(`\nOpen ${server.url}\nCtrl-C ends it.`);
  const stopping = Promise.withResolvers<undefined>();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stopping.resolve(undefined);
    });
  }
  await stopping.promise;
  await server.stop();
} catch (error) {
  if (!AppError.is(error)) throw error;
  console.error(errorText(error));
  process.exitCode = exitCodes[error.kind];
}
