import { stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { toErrorRecord } from '../../../src/base/errors.ts';

describe('an error that is not ours', () => {
  it.each(['EACCES', 'EPERM'])('is what the system refuses: %s', (code) => {
    const error = Object.assign(new Error(`${code}: permission denied, stat '/a/b'`), { code, syscall: 'stat', path: '/a/b' });
    expect(toErrorRecord(error)).toMatchObject({
      code: 'files.refused',
      kind: 'environment',
      message: 'The system does not let you use /a/b.',
      remedy: expect.stringContaining('permissions') as string,
    });
  });

  it('is a fault of ours otherwise', async () => {
    const missing = await stat('/nothing/here').catch((error: unknown) => error);
    for (const error of [missing, new Error('EACCES'), 'text']) expect(toErrorRecord(error).code).toBe('internal.fault');
  });
});
