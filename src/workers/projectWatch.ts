/** Tells when a project's file, what it reads, its store or its jobs changed: by notification where the system has it, by looking once a second anyway. */
import { watch, type FSWatcher } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isMissing } from '../base/files.ts';
import { statePath } from '../base/stateFolder.ts';
import type { ChangedPart } from '../protocol/contracts/engineContract.ts';
import { isJobAlive } from '../engine/jobs/listJobs.ts';
import { openStore } from '../engine/stores/openStore.ts';
import { lockFileName, projectFileName } from '../protocol/tables/storedNames.ts';

const settleMs = 150;
const lookMs = 1000;
/** Older jobs than these have long ended. */
const newestJobs = 8;

/** And what the stages read. */
const projectFiles = [projectFileName, lockFileName, 'params.yaml'];

type Stamps = Readonly<Record<ChangedPart, string>>;

/** Watches one project until disposed. */
export class ProjectWatch implements Disposable {
  readonly #root: string;
  readonly #onChange: (parts: readonly ChangedPart[]) => void;
  readonly #watchers: FSWatcher[] = [];
  readonly #timer: NodeJS.Timeout;
  #settle: NodeJS.Timeout | undefined;
  #last: Readonly<Partial<Record<ChangedPart, string | undefined>>> = {};
  #looking = false;
  #reads: readonly string[] = [];

  constructor(root: string, onChange: (parts: readonly ChangedPart[]) => void) {
    this.#root = root;
    this.#onChange = onChange;
    this.#listen(root);
    this.#timer = setInterval(() => void this.#look(), lookMs);
    void this.#look();
  }

  /** From now on a change of one of these files is one of the project. */
  alsoWatch(files: readonly string[]): void {
    if (files.join('\0') === this.#reads.join('\0')) return;
    this.#reads = files;
    this.#last = { ...this.#last, project: undefined }; // who names the files has just read them
    void this.#look();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    clearTimeout(this.#settle);
    for (const watcher of this.#watchers) watcher.close();
  }

  #listen(folder: string): void {
    try {
      const watcher = watch(folder, () => {
        clearTimeout(this.#settle);
        this.#settle = setTimeout(() => void this.#look(), settleMs);
      });
      watcher.on('error', () => {
        watcher.close(); // the timer goes on looking
      });
      this.#watchers.push(watcher);
    } catch {
      return; // no notification here (network file systems, too many watches): the timer looks
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const reads = this.#reads;
      const stamps = await stampsOf(this.#root, reads);
      if (reads !== this.#reads) return;
      const before = this.#last;
      this.#last = stamps;
      const parts = (Object.keys(stamps) as ChangedPart[]).filter((part) => before[part] !== undefined && stamps[part] !== before[part]);
      if (parts.length > 0) this.#onChange(parts);
    } finally {
      this.#looking = false;
    }
  }
}

async function stampsOf(root: string, reads: readonly string[]): Promise<Stamps> {
  const [project, tracking, jobs] = await Promise.all([
    stampOf(root, [...projectFiles, ...reads]),
    stampOf(root, openStore({ root }).files),
    jobsStamp(root),
  ]);
  return { project, tracking, jobs };
}

async function stampOf(folder: string, names: readonly string[]): Promise<string> {
  return (await Promise.all(names.map(async (name) => fileStamp(resolve(folder, name))))).join(' ');
}

async function fileStamp(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    if (isMissing(error)) return '-';
    return 'unreadable'; // the next query says why
  }
}

async function jobsStamp(root: string): Promise<string> {
  const names = await readdir(statePath(root, 'jobs')).catch(() => []); // none yet
  const newest = names.sort().slice(-newestJobs);
  const stamps = await Promise.all(
    newest.map(async (name) => {
      const folder = statePath(root, 'jobs', name);
      const result = await fileStamp(join(folder, 'result.json'));
      if (result !== '-') return `${name}=${result}`;
      // A job that dies writes nothing.
      const alive = await isJobAlive(root, name).catch(() => 'unreadable'); // the next query says why
      return `${name}=${await stampOf(folder, ['job.json', 'events.jsonl'])} ${alive}`;
    }),
  );
  return stamps.join(' ');
}
