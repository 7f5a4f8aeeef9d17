/**
 * What a training has learned so far, kept where a killed process cannot take it along. Rounds go to small files that are only
 * ever added, each written whole; a file that is torn, changed or of another input is left out, never trusted.
 */
import { join } from 'node:path';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { readIfPresent } from '../../../base/boundedRead.ts';
import { canonicalJson, type Json } from '../../../base/canonicalJson.ts';
import { errorText, toErrorRecord } from '../../../base/errors.ts';
import { writeAtomic } from '../../../base/files.ts';
import { sha256 } from '../../../base/hash.ts';
import { t } from '../../../base/localize.ts';
import type { StageContext } from '../../../protocol/stageContext.ts';

/** Rounds of trees are large; what is beyond this is no checkpoint of ours. */
const mostBytes = 2 ** 30;

/** Nothing is stored more often; later on, whenever a fiftieth of the time would be lost. */
const shortestIntervalMs = 1000;
const longestShare = 1 / 50;

/** The first line of a file; the rounds follow it, one a line. */
const headerSchema = z.object({
  version: z.literal(1),
  /** Of everything that decides the fit. */
  input: z.string(),
  /** How many rounds lie before these. */
  after: z.int().min(0),
  /** SHA-256 of the lines that follow. */
  content: z.string(),
});

/** The digest of what a fit learns from: its settings, the runtime, and its tables byte by byte. */
export function inputDigest(settings: Json, tables: readonly (SharedArrayBuffer | undefined)[]): string {
  const hash = createHash('sha256').update(canonicalJson({ settings, v8: process.versions.v8 }));
  for (const table of tables) hash.update(`\n${table?.byteLength ?? 'none'}\n`).update(new Uint8Array(table ?? new SharedArrayBuffer(0)));
  return hash.digest('hex');
}

/** The checkpoints of one stage. */
export class Checkpoints {
  /** The fits that went on from a checkpoint, with the round after which they did. */
  readonly resumed = new Map<string, number>();
  readonly #folder: string;
  readonly #log: StageContext['log'];
  readonly #intervalMs: number;

  /** @param folder of this stage alone; need not exist */
  constructor(folder: string, log: StageContext['log'], intervalMs = shortestIntervalMs) {
    this.#folder = folder;
    this.#log = log;
    this.#intervalMs = intervalMs;
  }

  /** The checkpoint of one fit of the stage. @param fit a name within the stage: `model`, `fold-2` */
  of(fit: string): FitCheckpoint {
    return new FitCheckpoint({
      folder: join(this.#folder, fit),
      log: this.#log,
      intervalMs: this.#intervalMs,
      onResumed: (round) => this.resumed.set(fit, round),
    });
  }
}

interface FitCheckpointOptions {
  readonly folder: string;
  readonly log: StageContext['log'];
  readonly intervalMs: number;
  readonly onResumed: (round: number) => void;
}

/** The rounds of one fit: first {@link open}, then {@link add} for each new one, at last {@link flush}. */
export class FitCheckpoint {
  readonly #options: FitCheckpointOptions;
  #folder = '';
  #input = '';
  #stored = 0;
  #pending: string[] = [];
  #openedAt = 0;
  #writtenAt = 0;
  #writing: Promise<void> | undefined;
  #failed = false;

  constructor(options: FitCheckpointOptions) {
    this.#options = options;
  }

  /**
   * The rounds that were stored for exactly this input, from the first on.
   * @param input from {@link inputDigest}
   * @param decode one round; throws where it cannot be one
   */
  async open<T>(input: string, decode: (round: unknown) => T): Promise<readonly T[]> {
    this.#input = input;
    this.#folder = join(this.#options.folder, input.slice(0, 16));
    const rounds: T[] = [];
    for (let part = await this.#read(0, decode); part.length > 0; part = await this.#read(rounds.length, decode)) rounds.push(...part);
    this.#stored = rounds.length;
    this.#openedAt = this.#writtenAt = performance.now();
    if (rounds.length > 0) {
      this.#options.onResumed(rounds.length);
      this.#options.log('info', t('An interrupted training is taken up again after round {round}.', { round: rounds.length }));
    }
    return rounds;
  }

  /** Takes the next round; stores it, with those before it, when it is time to. */
  add(round: Json): void {
    this.#pending.push(JSON.stringify(round));
    const now = performance.now();
    const interval = Math.max(this.#options.intervalMs, longestShare * (now - this.#openedAt));
    if (now - this.#writtenAt >= interval && this.#writing === undefined) void this.#write();
  }

  /** Returns when every round is stored, or could not be. */
  async flush(): Promise<void> {
    await this.#writing;
    if (this.#pending.length > 0) await this.#write();
  }

  #path(after: number): string {
    return join(this.#folder, `${after}.jsonl`);
  }

  async #read<T>(after: number, decode: (round: unknown) => T): Promise<readonly T[]> {
    const path = this.#path(after);
    try {
      const text = await readIfPresent(path, { most: mostBytes });
      if (text === undefined) return [];
      const [header = ''] = text.split('\n', 1);
      const lines = text.slice(header.length + 1);
      const found = headerSchema.parse(JSON.parse(header));
      if (found.input !== this.#input || found.after !== after || found.content !== sha256(lines)) throw new RangeError('not as written');
      return lines.split('\n').map((line) => decode(JSON.parse(line)));
    } catch {
      const args = { path, round: after + 1 };
      this.#options.log('warning', t('The checkpoint {path} is damaged; training does without it, from round {round}.', args));
      return [];
    }
  }

  /** A checkpoint that cannot be written costs the user nothing today: training goes on, and says so once. */
  #write(): Promise<void> {
    const rounds = this.#pending;
    const after = this.#stored;
    this.#pending = [];
    this.#writtenAt = performance.now();
    const lines = rounds.join('\n');
    const header = JSON.stringify({ version: 1, input: this.#input, after, content: sha256(lines) } satisfies z.infer<typeof headerSchema>);
    this.#writing = writeAtomic(this.#path(after), `${header}\n${lines}`)
      .then(
        () => {
          this.#stored = after + rounds.length;
        },
        (error: unknown) => {
          this.#pending = [...rounds, ...this.#pending];
          if (!this.#failed)
            this.#options.log('warning', t('Training goes on without a checkpoint: {reason}', { reason: errorText(toErrorRecord(error)) }));
          this.#failed = true;
        },
      )
      .finally(() => {
        this.#writing = undefined;
      });
    return this.#writing;
  }
}
