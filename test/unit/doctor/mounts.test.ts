import { expect, test } from 'vitest';
import { findMount } from '../../../src/engine/doctor/mounts.ts';

const table = [
  'overlay / overlay rw 0 0',
  '/dev/sda1 /home ext4 rw 0 0',
  'server:/share /home/me/team\\040share nfs4 rw 0 0',
  'me@host: /home/me/remote fuse.sshfs rw 0 0',
  'tmpfs /home tmpfs rw 0 0',
  '',
].join('\n');

test.each([
  ['/var/x', 'overlay', false],
  ['/home/me', 'tmpfs', false],
  ['/home/me/team share/project', 'nfs4', true],
  ['/home/me/remote', 'fuse.sshfs', true],
  ['/homestead', 'overlay', false],
])('%s lies on %s', (path, type, network) => {
  expect(findMount(table, path)).toMatchObject({ type, network });
});

test('an empty table names nothing', () => {
  expect(findMount('', '/x')).toBeUndefined();
});
