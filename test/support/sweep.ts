/** How much of what is generated, killed or swept a run of the tests tries: a sample in `npm test`, all of it in `npm run soak`. */

/** @returns `whole` under `npm run soak`, else `sample` */
export function sweep({ sample, whole }: { readonly sample: number; readonly whole: number }): number {
  return process.env.MILLWRIGHT_SOAK === '1' ? whole : sample;
}
