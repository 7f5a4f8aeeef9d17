/** What MLflow installs before it loads a model: the Python and the packages that it needs. */
import { stringify } from 'yaml';

/** The Python that `python_env.yaml` asks for. */
export const pythonVersion = '3.11.0';
const requirements = ['mlflow>=2.14', 'numpy>=1.26', 'onnx>=1.16', 'onnxruntime>=1.20', 'pandas>=2.0'];

/** The version of the `onnx` package whose files these are. */
const onnxVersion = '1.16.0';

/** The files by name; `MLmodel` names them in its flavor `python_function`. */
export function environmentFiles(): Readonly<Record<string, string>> {
  return {
    'requirements.txt': `${requirements.join('\n')}\n`,
    'python_env.yaml': stringify({
      python: pythonVersion,
      build_dependencies: ['pip', 'setuptools', 'wheel'],
      dependencies: ['-r requirements.txt'],
    }),
    'conda.yaml': stringify({
      name: 'mlflow-env',
      channels: ['conda-forge'],
      dependencies: [`python=${pythonVersion}`, 'pip', { pip: requirements }],
    }),
  };
}

/** The flavor `onnx` of a model folder. @param data the ONNX file in it */
export function onnxFlavor(data: string): Readonly<Record<string, unknown>> {
  return { code: null, data, onnx_version: onnxVersion, providers: ['CPUExecutionProvider'], onnx_session_options: null };
}
