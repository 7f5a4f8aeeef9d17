/** Entry point of the training threads. */
import { parentPort } from 'node:worker_threads';
import { serveTraining } from '../engine/training/gbdt/trainingThread.ts';

if (parentPort === null) throw new Error('the trainer runs as a worker thread only');
serveTraining(parentPort);
