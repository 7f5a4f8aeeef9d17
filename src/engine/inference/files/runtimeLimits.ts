/** What the pinned ONNX Runtime (onnxruntime-node 1.30) can read, and why it cannot read a file. A test holds it to the runtime. */
import { AppError } from '../../../base/errors.ts';
import { t } from '../../../base/localize.ts';
import type { OnnxFacts } from './onnxFile.ts';

/** The newest versions it reads: of the file format, and of the domains of operators. */
export const runtimeLimits = { irVersion: 13, opsets: { '': 26, 'ai.onnx.ml': 5 } } as const;

/** Domains whose operators it has built in. */
const builtIn: ReadonlySet<string> = new Set(['', 'ai.onnx.ml', 'ai.onnx.training', 'ai.onnx.preview.training', 'com.microsoft']);

/** Checks that the runtime can read the file. @throws AppError `inference.tooNew`, `inference.unknownOperators` */
export function requireReadable({ irVersion, opsets, domains }: OnnxFacts, path: string): void {
  if (irVersion > runtimeLimits.irVersion) {
    const args = { path, version: irVersion, limit: runtimeLimits.irVersion };
    throw new AppError('inference.tooNew', t('{path} is newer than the runtime reads (IR version {version} > {limit}).', args), {
      args,
      remedy: t(
        'Save it for an older one, in Python: m = onnx.load(…); m.ir_version = {limit}; onnx.save(m, …). Exporters of that age write no operator that the runtime lacks.',
        args,
      ),
    });
  }
  for (const [domain, limit] of Object.entries(runtimeLimits.opsets)) {
    const version = opsets[domain] ?? 0;
    if (version <= limit) continue;
    const args = { path, domain: domain === '' ? 'ai.onnx' : domain, version, limit };
    throw new AppError('inference.tooNew', t('{path} is newer than the runtime reads (opset {version} > {limit} of {domain}).', args), {
      args,
      remedy: t('Export it for an older one: target_opset={limit} in skl2onnx and onnxmltools, opset_version={limit} in torch.onnx.', args),
    });
  }
  const unknown = domains.filter((domain) => !builtIn.has(domain));
  if (unknown.length === 0) return;
  const args = { path, domains: unknown.join(', ') };
  throw new AppError('inference.unknownOperators', t('{path} uses operators of {domains}, which ONNX Runtime does not have.', args), {
    args,
    remedy: t('Export the model with standard operators only: custom ones need a library, which Millwright does not load.'),
  });
}
