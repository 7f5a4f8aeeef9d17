import type { Metafile } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { thirdPartyNotices } from '../../../scripts/thirdPartyNotices.ts';

const bundleOf = (...sources: readonly string[]): Metafile => ({
  inputs: {},
  outputs: {
    'dist/a.js': {
      bytes: 1,
      imports: [],
      exports: [],
      inputs: Object.fromEntries(sources.map((source) => [source, { bytesInOutput: 1 }])),
    },
  },
});

describe('thirdPartyNotices', () => {
  it('holds every bundled package once, with its version and the text of its licence, those inside others too', async () => {
    const page = bundleOf('webview-ui/report/main.tsx', 'node_modules/react/index.js', 'node_modules/echarts/lib/echarts.js');
    const nested = bundleOf('node_modules/react/cjs/react.js', 'node_modules/npm-run-path/node_modules/path-key/index.js');
    const text = await thirdPartyNotices([page, nested]);
    const packages = text
      .split(/^-{80}$/m)
      .slice(1)
      .map((part) => part.trim().split('\n')[0]?.replace(/ \d.*/, ''));
    expect(packages).toEqual(['echarts', 'npm-run-path/node_modules/path-key', 'react']);
    expect(text).toContain('Apache License');
    expect(text).toContain('Copyright (c) Meta Platforms');
  });

  it('refuses a package that is not there to be asked', async () => {
    await expect(thirdPartyNotices([bundleOf('node_modules/no-such-package/index.js')])).rejects.toThrow(/no-such-package/);
  });
});
