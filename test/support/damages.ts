/** What a full disk, a failing one, a careless editor or a foreign version makes of a file. */
import { random } from './trainingProject.ts';

/** What becomes of a file's bytes. */
export type Damage = (bytes: Buffer) => Buffer;

export const damages: Readonly<Record<string, Damage>> = {
  emptied: () => Buffer.alloc(0),
  'cut in half': (bytes) => {
    const half = bytes.subarray(0, Math.floor(bytes.length / 2));
    return half.at(-1) === 0x0a ? half.subarray(0, -1) : half; // in a line, not between two
  },
  'with flipped bits': (bytes) => {
    const next = random(bytes.length);
    const flipped = Buffer.from(bytes);
    for (let index = 0; index < flipped.length; index += 8)
      flipped[index + Math.floor(next() * Math.min(8, flipped.length - index))]! ^= 0x15;
    return flipped;
  },
  'full of rubbish': (bytes) => {
    const next = random(bytes.length);
    return Buffer.from(Array.from({ length: Math.max(bytes.length, 64) }, () => Math.floor(next() * 256)));
  },
  'of another type': () => Buffer.from('[null]\n'),
  'of a foreign version': () => Buffer.from('{"version":999,"format":"foreign"}\n'),
  'with the marks of a merge': (bytes) =>
    Buffer.from(`<<<<<<< ours\n${bytes.toString('latin1')}=======\n${bytes.toString('latin1')}>>>>>>> theirs\n`, 'latin1'),
};
