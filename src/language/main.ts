/** The language server's process: `--node-ipc` or `--stdio`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { formats } from './formats.ts';
import { serveLanguage } from './server.ts';

const connection = createConnection(ProposedFeatures.all);
serveLanguage(connection, { env: process.env, formats: Object.values(formats) });
connection.listen();
