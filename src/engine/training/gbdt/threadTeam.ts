/** Lets one thread give commands that all carry out on their own rows, and wait until every one is done. */
import { command, word, type SharedTraining } from './sharedTraining.ts';
import { Shard } from './shard.ts';

/** Carries out one command. @returns false after the last one */
function obey(shard: Shard, control: Int32Array): boolean {
  const [first = 0, second = 0, third = 0, fourth = -1] = control.subarray(word.arguments, word.arguments + 4);
  switch (control[word.command]) {
    case command.beginTree:
      shard.beginTree(first, second);
      return true;
    case command.split:
      shard.split(first, second);
      if (fourth >= 0) shard.sumHistogram(fourth, third);
      return true;
    case command.sumHistogram:
      shard.sumHistogram(first, third);
      return true;
    case command.endTree:
      shard.endTree(first);
      return true;
    case command.endRound:
      shard.endRound();
      return true;
    default:
      return false;
  }
}

/** The life of every thread but the first: waits for commands until told to stop. */
export function followCommands(shared: SharedTraining, thread: number): void {
  const control = new Int32Array(shared.control);
  try {
    const shard = new Shard(shared, thread);
    for (let seen = 0, going = true; going; seen++) {
      report(control);
      awaitCommand(control, seen);
      going = obey(shard, control);
    }
  } catch (error) {
    Atomics.store(control, word.failed, 1);
    throw error;
  } finally {
    report(control);
  }
}

/**
 * Returns once more commands were given than were seen. Waking up is not enough: a quick thread may have carried out the last
 * command and wait again before that command's notification comes.
 */
function awaitCommand(control: Int32Array, seen: number): void {
  while (Atomics.load(control, word.generation) === seen) Atomics.wait(control, word.generation, seen);
}

function report(control: Int32Array): void {
  Atomics.add(control, word.done, 1);
  Atomics.notify(control, word.done);
}

/** The first thread's side: it commands, and works on its own rows meanwhile. */
export class ThreadTeam {
  readonly #control: Int32Array;
  readonly #shard: Shard;
  readonly #others: number;

  constructor(shared: SharedTraining) {
    this.#control = new Int32Array(shared.control);
    this.#others = shared.threads - 1;
    this.#shard = new Shard(shared, 0);
    this.#awaitOthers();
  }

  /** Returns when every thread has carried out the command. */
  order(name: keyof typeof command, ...args: readonly number[]): void {
    this.#control[word.command] = command[name];
    args.forEach((value, index) => {
      this.#control[word.arguments + index] = value;
    });
    Atomics.store(this.#control, word.done, 0);
    Atomics.add(this.#control, word.generation, 1);
    Atomics.notify(this.#control, word.generation);
    obey(this.#shard, this.#control);
    this.#awaitOthers();
  }

  #awaitOthers(): void {
    for (;;) {
      const done = Atomics.load(this.#control, word.done);
      if (Atomics.load(this.#control, word.failed) === 1) throw new Error('a training thread failed');
      if (done >= this.#others) return;
      Atomics.wait(this.#control, word.done, done);
    }
  }
}
