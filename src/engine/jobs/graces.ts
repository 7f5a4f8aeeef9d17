/** How long what is cancelled may take to end by itself before it is ended, in milliseconds. */

/** A command of the user's; also one whose `timeout` is over. */
const command = 5000;

/**
 * All three clocks start as good as at once, so each outlasts the one inside: a command gets its time, its stage can say how it ended, and
 * the job can write that down.
 */
export const graces = { command, stage: command + 1000, job: command + 3000 } as const;
