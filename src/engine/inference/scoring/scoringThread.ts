/** What a scoring thread does: it opens the model it was started with, and scores the chunks it is sent, one after another. */
import type { MessagePort } from 'node:worker_threads';
import { toErrorRecord, type ErrorRecord } from '../../../base/errors.ts';
import type { Model, Scores } from './model.ts';
import { openSession, type ModelFile } from './openModel.ts';
import { unpackChunk, type PackedChunk } from './packedChunk.ts';
import { restoreOrder, scoringOrder } from './scoringOrder.ts';
import { takeRows } from './takeRows.ts';

/** What a thread is started with. */
export interface ScoringThreadStart {
  readonly file: ModelFile;
}

/** What it is sent: chunks, then `undefined` when there are no more. */
export type ScoringRequest = PackedChunk | undefined;

/** What it answers: once for the opened model, then once for each chunk, in their order. */
export type ScoringReply = { readonly error: ErrorRecord } | { readonly scores: Scores | undefined };

/** Ends by itself, with nothing running inside ONNX Runtime: to terminate the thread during a run would abort the process. */
export async function runScoringThread({ file }: ScoringThreadStart, port: MessagePort): Promise<void> {
  const answer = async (work: () => Promise<Scores | undefined>): Promise<void> => {
    try {
      const scores = await work();
      const reply: ScoringReply = { scores };
      port.postMessage(reply, scores === undefined ? [] : [scores.scores.buffer as ArrayBuffer]);
    } catch (error) {
      const reply: ScoringReply = { error: toErrorRecord(error) };
      port.postMessage(reply);
    }
  };
  const opening = openSession(file, 1);
  let last = answer(async () => opening.then(() => undefined));
  port.on('message', (request: ScoringRequest) => {
    last = last.then(async () => {
      if (request !== undefined) {
        await answer(async () => scoreInOrder(await opening, request));
        return;
      }
      await opening.then(
        async (model) => model.close(),
        () => undefined, // was answered when it failed
      );
      port.close();
    });
  });
  await last;
}

async function scoreInOrder(model: Model, packed: PackedChunk): Promise<Scores> {
  const chunk = unpackChunk(packed);
  const order = scoringOrder(packed);
  return order === undefined ? model.score(chunk) : restoreOrder(await model.score(takeRows(chunk, order)), order);
}
