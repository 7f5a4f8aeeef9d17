/** `npm run workbench`: the example in a real VS Code in the browser, with the extension installed. Ctrl-C ends it. */
import { parseArgs } from 'node:util';
import { AppError, errorText } from '../src/base/errors.ts';
import { startCodeServer } from './codeServer.ts';
import { exampleFolder, packageIfChanged, placeFlights } from './prepareExample.ts';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '8090' }, folder: { type: 'string', default: exampleFolder } },
});

try {
  const vsix = await packageIfChanged();
  await placeFlights();
  const server = await startCodeServer({ workspace: values.folder, vsix, port: Number(values.port) });
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
  process.exitCode = 4;
}
