/** A verdict as sign and word: the colour only repeats them. */
import type { Verdict } from '../../src/protocol/validation.ts';
import { verdictSigns, verdictTones, verdictWords } from './verdicts.ts';

export function VerdictMark({ verdict }: { readonly verdict: Verdict }) {
  return (
    <span className={`mark tone ${verdictTones[verdict]}`}>
      <span aria-hidden="true">{verdictSigns[verdict]}</span> {verdictWords[verdict]}
    </span>
  );
}
