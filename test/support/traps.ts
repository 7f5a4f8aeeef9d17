/** What may lie where a file or folder of a project is expected, in a folder that came from elsewhere. */
import { execFileSync } from 'node:child_process';
import { cpSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { isFolder, versioned } from './projectPlaces.ts';

export interface Trap {
  /** Whether it can lie in the place of such a kind. */
  readonly fits: (kind: string) => boolean;
  /** Lays it at a path of the project; `outside` is a folder that nobody may change. */
  readonly lay: (path: string, around: { readonly root: string; readonly outside: string }) => void;
}

const anywhere = (): boolean => true;

export const traps: Readonly<Record<string, Trap>> = {
  'a link to the same outside': {
    fits: anywhere,
    lay: (path, { outside }) => {
      linkTo(path, join(outside, 'same'));
    },
  },
  'a link to the same inside': {
    fits: anywhere,
    lay: (path, { root }) => {
      linkTo(path, join(root, 'elsewhere'));
    },
  },
  'a dangling link': {
    fits: anywhere,
    lay: (path, { outside }) => {
      put(path, () => {
        symlinkSync(join(outside, 'made'), path);
      });
    },
  },
  'a link to itself': {
    fits: anywhere,
    lay: (path) => {
      put(path, () => {
        symlinkSync(basename(path), path);
      });
    },
  },
  'a link to an endless device': {
    fits: anywhere,
    lay: (path) => {
      put(path, () => {
        symlinkSync('/dev/zero', path);
      });
    },
  },
  'a named pipe': {
    fits: anywhere,
    lay: (path) => {
      put(path, () => execFileSync('mkfifo', [path]));
    },
  },
  'a folder': {
    fits: (kind) => !isFolder(kind),
    lay: (path) => {
      put(path, () => {
        mkdirSync(path);
        writeFileSync(join(path, 'x'), 'x');
      });
    },
  },
  'a file': {
    fits: isFolder,
    lay: (path) => {
      put(path, () => {
        writeFileSync(path, 'x');
      });
    },
  },
  'a huge file': {
    fits: (kind) => !/^(data|rows)\.csv$/.test(kind), // data may be of any size
    lay: (path) => {
      put(path, () => {
        writeFileSync(path, '');
        truncateSync(path, hugeBytes);
      });
    },
  },
  'a newer version': { fits: (kind) => versioned.includes(kind), lay: toNewer },
};

/** More than any file of ours; it takes no room on the disk. */
const hugeBytes = 300 * 2 ** 20;

function put(path: string, make: () => void): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(dirname(path), { recursive: true });
  make();
}

/** A link to what lay there: whoever follows it finds nothing amiss. */
function linkTo(path: string, target: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) writeFileSync(target, 'precious');
  else cpSync(path, target, { recursive: true });
  put(path, () => {
    symlinkSync(target, path);
  });
}

function toNewer(path: string): void {
  if (path.endsWith('.db')) {
    const database = new DatabaseSync(path);
    database.exec("UPDATE alembic_version SET version_num = 'ffffffffffff'");
    database.close();
    return;
  }
  const text = readFileSync(path, 'utf8');
  const newer = text.replace(/"version": ?[12]\b/, '"version":999').replace(/^version: 1$/m, 'version: 999');
  if (newer === text) throw new Error(`${path} names no version`);
  writeFileSync(path, newer);
}
