/**
 * Probes of what computes: GPUs, WebGPU, and the native packages for inference and data.
 * Native code is tried in a process of its own, since a broken driver takes its process down.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installationRoot } from '../../base/entryPoint.ts';
import { t } from '../../base/localize.ts';
import { runCommand } from '../../base/process.ts';
import { isNotInstalled, type Finding, type ProbeDefinition } from './probe.ts';

export function acceleratorProbes(): ProbeDefinition[] {
  return [
    { name: 'GPU', deadlineMs: 10_000, probe: gpuFinding },
    { name: 'WebGPU', deadlineMs: 15_000, probe: webgpuFinding },
    { name: 'ONNX Runtime', deadlineMs: 15_000, probe: onnxRuntimeFinding },
    { name: 'DuckDB', deadlineMs: 15_000, probe: duckdbFinding },
  ];
}

async function gpuFinding(signal: AbortSignal): Promise<Finding> {
  const found = [...(await nvidiaGpus(signal)), ...(await amdGpus(signal))];
  if (found.length > 0) return { state: 'ok', detail: found.join('; ') };
  return {
    state: 'missing',
    detail: t('neither nvidia-smi nor rocm-smi is on PATH'),
    remedy: t('The built-in trainers need none. For scripts that use one: install the driver of NVIDIA or AMD.'),
  };
}

async function nvidiaGpus(signal: AbortSignal): Promise<string[]> {
  const fields = '--query-gpu=name,memory.total,driver_version';
  const output = await outputIfInstalled('nvidia-smi', [fields, '--format=csv,noheader'], signal);
  return lines(output).map((line) => {
    const [name = line, memory = '', driver = ''] = line.split(',').map((field) => field.trim());
    return t('{name}, {memory}, driver {driver}', { name, memory, driver });
  });
}

async function amdGpus(signal: AbortSignal): Promise<string[]> {
  const output = await outputIfInstalled('rocm-smi', ['--showproductname', '--csv'], signal);
  return lines(output)
    .slice(1)
    .map((line) => line.split(',')[1] ?? line);
}

async function outputIfInstalled(command: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  try {
    return (await runCommand(command, args, { signal })).stdout;
  } catch (error) {
    if (isNotInstalled(error)) return '';
    throw error;
  }
}

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

const fromInstallation = createRequire(pathToFileURL(join(installationRoot(), 'package.json')));

/** Whether the package lies where ours would find it. */
function isInstalled(name: string): boolean {
  try {
    fromInstallation.resolve(name);
    return true;
  } catch {
    return false; // not there, which is the answer
  }
}

/** Runs a script of CommonJS in a Node of its own, in the folder from which our packages are found. */
async function runScript(script: string, signal: AbortSignal): Promise<string> {
  const { stdout } = await runCommand(process.execPath, ['--no-warnings', '-e', script], { cwd: installationRoot(), signal });
  return stdout.trim();
}

async function webgpuFinding(signal: AbortSignal): Promise<Finding> {
  if (!isInstalled('webgpu')) {
    return { state: 'missing', detail: t('the package "webgpu" is not installed'), remedy: t('Nothing in this version needs it.') };
  }
  const script = `import('webgpu').then(async ({ create }) => {
    const adapter = await create([]).requestAdapter();
    console.log(adapter ? [adapter.info.vendor, adapter.info.architecture, adapter.info.description].filter(Boolean).join(' ') || 'unnamed' : '');
    process.exit(0);
  })`;
  const adapter = await runScript(script, signal);
  if (adapter !== '') return { state: 'ok', detail: adapter };
  return {
    state: 'missing',
    detail: t('the package is there, but no adapter'),
    remedy: t('Install a Vulkan, Metal or Direct3D 12 driver.'),
  };
}

async function onnxRuntimeFinding(signal: AbortSignal): Promise<Finding> {
  if (!isInstalled('onnxruntime-node')) return nativePartMissing('onnxruntime-node');
  const script = `const { env, listSupportedBackends } = require('onnxruntime-node');
    console.log(JSON.stringify({ version: env.versions.node, providers: listSupportedBackends() }))`;
  const { version, providers } = JSON.parse(await runScript(script, signal)) as {
    readonly version?: string;
    readonly providers: readonly { readonly name: string; readonly bundled: boolean }[];
  };
  const names = (bundled: boolean): string =>
    providers.flatMap((provider) => (provider.bundled === bundled ? provider.name : [])).join(', ');
  const detail = t('{version}, execution providers: {names}', { version: version ?? '?', names: names(true) });
  return { state: 'ok', detail: names(false) === '' ? detail : t('{detail} (not carried: {names})', { detail, names: names(false) }) };
}

async function duckdbFinding(signal: AbortSignal): Promise<Finding> {
  if (!isInstalled('@duckdb/node-api')) return nativePartMissing('@duckdb/node-api');
  const script = `import('@duckdb/node-api').then(async ({ DuckDBInstance, version }) => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    const rows = await connection.runAndReadAll('SELECT sum(i)::INTEGER FROM range(10) t(i)');
    if (rows.getRows()[0][0] !== 45) throw new Error('a sum is wrong');
    console.log(version());
  })`;
  return { state: 'ok', detail: t('{version} loads and answers', { version: await runScript(script, signal) }) };
}

function nativePartMissing(name: string): Finding {
  return {
    state: 'failed',
    detail: t('the package "{name}" is not installed', { name }),
    remedy: t('Install the VSIX made for {platform}-{arch}.', { platform: process.platform, arch: process.arch }),
  };
}
