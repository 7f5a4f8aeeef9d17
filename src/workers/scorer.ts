/** Entry point of the scoring threads. */
import { parentPort, workerData } from 'node:worker_threads';
import { runScoringThread, type ScoringThreadStart } from '../engine/inference/scoring/scoringThread.ts';

if (parentPort === null) throw new Error('the scorer runs as a worker thread only');
void runScoringThread(workerData as ScoringThreadStart, parentPort);
