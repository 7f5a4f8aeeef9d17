/** The far side: holds the one graph that its process was started for. A graph of another tool may crash or hang the runtime. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { Handlers } from '../../../protocol/contracts/contract.ts';
import type { foreignContract, ForeignTensor } from './foreignContract.ts';

export function foreignHandlers(): Handlers<typeof foreignContract> {
  let session: InferenceSession | undefined;
  return {
    open: async ({ file, threads }) => {
      const options = { intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 as const };
      session = await InferenceSession.create(file, options).catch((cause: unknown) => {
        const reason = reasonOf(cause);
        throw new AppError('inference.badModel', t('ONNX Runtime cannot load the model: {reason}', { reason }), {
          cause,
          args: { reason },
        });
      });
      return null;
    },
    run: async ({ feeds, output }) => {
      if (session === undefined) throw new RangeError('no model was opened');
      const tensors = Object.fromEntries(feeds.map((feed) => [feed.name, toTensor(feed)]));
      try {
        const results = await session.run(tensors, [output]);
        const tensor = results[output];
        return { shape: tensor?.dims ?? [], values: Float32Array.from((tensor?.data ?? []) as ArrayLike<number>) };
      } catch (cause) {
        const reason = reasonOf(cause);
        throw new AppError('inference.runFailed', t('ONNX Runtime could not run the model: {reason}', { reason }), {
          cause,
          args: { reason },
        });
      }
    },
  };
}

function toTensor({ element, values, shape }: ForeignTensor): Tensor {
  return new Tensor(element, values, shape);
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
