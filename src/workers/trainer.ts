/** Entry point of the training threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { runTrainingThread, type TrainingThreadStart } from '../engine/training/gbdt/trainingThread.ts';

if (parentPort === null) throw new Error('the trainer runs as a worker thread only');
runTrainingThread(workerData as TrainingThreadStart, parentPort);
