/** What the compiler cannot hold of the rows that package.json is made from: that the code uses them, and what texts and files they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateManifest } from '../scripts/manifest.ts';
import { contributions } from '../src/extension/contributions.ts';
import { contextKeys } from '../src/extension/host/conditions.ts';

const root = join(import.meta.dirname, '..');
const packageText = readFileSync(join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(packageText) as {
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly supported: unknown; readonly restrictedConfigurations: readonly string[] };
  };
};
const { activationEvents, contributes, texts } = generateManifest(contributions);
const code = sourcesIn('src/extension');

function sourcesIn(folder: string): string {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

/** Names that the code nowhere hands to a function, as its first argument. */
function unused(names: readonly string[], callee: string, sources = code): string[] {
  const used = new Set([...sources.matchAll(new RegExp(`\\b${callee}\\(\\s*'([^']+)'`, 'g'))].map(([, name = '']) => name));
  return names.filter((name) => !used.has(name));
}

/** Commands of ours that a link in a text names and nothing contributes. */
function brokenLinks(all: readonly string[]): string[] {
  const linked = all.flatMap((text) => [...text.matchAll(/\(command:(millwright\.[\w.]+)/g)].map(([, id = '']) => id));
  return linked.filter((id) => !(id in contributions.commands));
}

describe('what is contributed', () => {
  it('is used: each setting is read, each key is set and asked for', () => {
    expect(unused(Object.keys(contributions.settings), 'readSetting')).toEqual([]);
    expect(unused(contextKeys, 'setContext')).toEqual([]);
    expect(contextKeys.filter((key) => !JSON.stringify(contributes).includes(key))).toEqual([]);
  });

  it('names commands and pictures that exist', () => {
    expect(brokenLinks(Object.values(texts))).toEqual([]);
    const pictures = [...packageText.matchAll(/"(media\/[^"]+\.\w+)"/g)].map(([, path = '']) => path);
    expect(pictures.length).toBeGreaterThan(5);
    expect(pictures.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('has a text for every key, and a key for every text', () => {
    const keys = [...packageText.matchAll(/"%([^%"]+)%"/g)].map(([, key = '']) => key);
    expect([...new Set(keys)].sort()).toEqual(Object.keys(texts).sort());
    expect(Object.values(texts).filter((text) => text.trim() === '')).toEqual([]);
  });

  it('limits itself in untrusted workspaces, and restricts every setting that belongs to the machine', () => {
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const ofMachine = Object.entries(contributions.settings).filter(([, { scope }]) => scope === 'machine');
    expect(supported).toBe('limited');
    expect(restrictedConfigurations).toEqual(ofMachine.map(([name]) => `millwright.${name}`));
  });

  it('wakes the extension only where it has something to do', () => {
    expect(activationEvents).toContain('workspaceContains:millwright.yaml');
    expect(activationEvents.filter((name) => name === '*' || name === 'onStartupFinished' || name.includes('**'))).toEqual([]);
  });
});

describe('a planted fault is found', () => {
  it('a setting that nobody reads, and a key that nobody sets', () => {
    expect(unused(['experiments.limit', 'no.such'], 'readSetting')).toEqual(['no.such']);
    expect(unused(['experiments.limit'], 'readSetting', "settingChanged(event, 'experiments.limit')")).toEqual(['experiments.limit']);
    expect(unused(['millwright.job.running'], 'setContext', '')).toEqual(['millwright.job.running']);
  });

  it('a link to a command that there is not', () => {
    expect(brokenLinks(['[Train](command:millwright.project.train) or [not](command:millwright.no.such)'])).toEqual(['millwright.no.such']);
  });
});
