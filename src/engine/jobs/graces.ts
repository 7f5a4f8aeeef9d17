/**
 * How long what is cancelled may take to end by itself before it is ended, in milliseconds. All three clocks start as good as at once, so
 * each outlasts the one inside: a command gets its time, its stage can say how it ended, and the job can write that down.
 */
export const graces = { command: 5000, stage: 6000, job: 8000 } as const;
