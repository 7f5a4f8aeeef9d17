/** The language server's process: `--node-ipc` or `--stdio`. */
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { serveLanguage } from './server.ts';

const connection = createConnection(ProposedFeatures.all);
serveLanguage(connection, { env: process.env });
connection.listen();
