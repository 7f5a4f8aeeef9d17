/** onnxruntime-web in Node: the WebAssembly build that browsers run, on the tensors that onnxruntime-node takes. */
import type { Tensor } from 'onnxruntime-node';
import * as web from 'onnxruntime-web/wasm';
import type { SessionOutput, TensorContent } from '../../src/engine/inference/scoring/onnxSession.ts';

web.env.wasm.numThreads = 1;

/** The outputs of a graph in their order. @param onnx the bytes of the file */
export async function runInWeb(onnx: Uint8Array, feeds: Readonly<Record<string, Tensor>>): Promise<readonly SessionOutput[]> {
  const session = await web.InferenceSession.create(onnx, { executionProviders: ['wasm'], logSeverityLevel: 3 });
  try {
    const results = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, toWeb(tensor)])));
    return session.outputNames.map((name) => {
      const tensor = results[name];
      if (tensor === undefined) throw new RangeError(`no output ${name}`);
      return { name, shape: tensor.dims, content: tensor.data as TensorContent };
    });
  } finally {
    await session.release();
  }
}

function toWeb({ type, data, dims }: Tensor): web.Tensor {
  switch (type) {
    case 'float64':
      return new web.Tensor(type, data as Float64Array, dims);
    case 'int64':
      return new web.Tensor(type, data as BigInt64Array, dims);
    case 'string':
      return new web.Tensor(type, data as string[], dims);
    default:
      throw new RangeError(`no input of ours is ${type}`);
  }
}
