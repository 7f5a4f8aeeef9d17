/** package.json and the extension's code say the same, and a disagreement is found whichever side it is planted on. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documentFormats, wakingFiles } from '../src/protocol/documentFormats.ts';
import { offeredFiles } from '../src/protocol/fileFormats.ts';
import { findDisagreements, readExtensionCode, readManifest, readTexts, type ExtensionCode, type Manifest } from './support/manifest.ts';

const root = join(import.meta.dirname, '..');
const manifest = readManifest(root);
const texts = readTexts(root);
const code = readExtensionCode(root);

describe('the manifest', () => {
  it('agrees with the code', () => {
    expect(findDisagreements(manifest, texts, code)).toEqual([]);
  });

  it('offers to train from every file that the formats offer', () => {
    const [item] = manifest.contributes.menus?.['explorer/context'] ?? [];
    expect(item?.when).toBe(`resourceScheme == file && resourceFilename =~ /${offeredFiles}/i && isWorkspaceTrusted`);
  });

  it('wakes for every file whose format says so', () => {
    const events = manifest.activationEvents?.filter((name) => name.startsWith('workspaceContains:'));
    expect(events).toEqual(wakingFiles(Object.values(documentFormats)).map((file) => `workspaceContains:${file}`));
  });

  it('limits itself in untrusted workspaces, and restricts every setting that names a program', () => {
    const trust = manifest.capabilities?.untrustedWorkspaces;
    expect(trust?.supported).toBe('limited');
    expect(trust?.restrictedConfigurations).toContain('millwright.runtime.node');
  });
});

describe('a planted disagreement is found', () => {
  const commands = manifest.contributes.commands ?? [];
  const [first] = commands;
  if (first === undefined) throw new Error('no command is contributed');
  const withCommands = (changed: Manifest['contributes']['commands']): Manifest => ({
    ...manifest,
    contributes: { ...manifest.contributes, commands: changed ?? [] },
  });

  const unconditional = Object.fromEntries(Object.entries(first).filter(([key]) => key !== 'enablement')) as unknown as typeof first;

  it.each<[string, Manifest, ExtensionCode, RegExp]>([
    [
      'a command that nobody knows',
      withCommands([...commands, { ...first, command: 'millwright.no.such' }]),
      code,
      /no\.such is contributed but not in the table/,
    ],
    ['a command that is not contributed', withCommands(commands.slice(1)), code, /is in the table but not contributed/],
    [
      'a command that is not registered',
      manifest,
      { ...code, registered: code.registered.filter((id) => id !== first.command) },
      /is never registered/,
    ],
    ['a command without a title', withCommands([{ ...first, title: '' }, ...commands.slice(1)]), code, /has no title/],
    ['a command without a trust check', withCommands([unconditional, ...commands.slice(1)]), code, /neither an enablement nor/],
    [
      'a title without a text',
      withCommands([{ ...first, title: '%no.such.text%' }, ...commands.slice(1)]),
      code,
      /no\.such\.text% is missing/,
    ],
    ['a setting that nobody reads', manifest, { ...code, settingsRead: [] }, /is never read/],
    ['a context key that nobody sets', manifest, { ...code, contextsSet: [] }, /is never set/],
    ['a wildcard activation', { ...manifest, activationEvents: ['*'] }, code, /activation event \*/],
    ['activation after every start', { ...manifest, activationEvents: ['onStartupFinished'] }, code, /onStartupFinished/],
    ['a search through the whole workspace', { ...manifest, activationEvents: ['workspaceContains:**/millwright.yaml'] }, code, /\*\*/],
  ])('%s', (_title, plantedManifest, plantedCode, expected) => {
    expect(findDisagreements(plantedManifest, texts, plantedCode).join('\n')).toMatch(expected);
  });

  it('a command that shows in a view without an icon', () => {
    const inView = (manifest.contributes.menus?.['view/title'] ?? [])[0]?.command;
    const bare = commands.map(({ icon, ...rest }) =>
      rest.command === inView ? rest : { ...rest, ...(icon === undefined ? {} : { icon }) },
    );
    expect(findDisagreements(withCommands(bare), texts, code).join('\n')).toMatch(/shows in a view without an icon/);
  });
});
