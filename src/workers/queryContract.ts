/** What the engine process hands to its query threads: everything that may take more than a moment. */
import { partIn } from '../protocol/contracts/contract.ts';
import { engineContract } from '../protocol/contracts/engineContract.ts';

export const storeContract = partIn(engineContract, 'stores');
export const dataContract = partIn(engineContract, 'data');
/** Both threads run the same code; each is asked for its own. */
export const queryContract = { ...storeContract, ...dataContract, trustGranted: engineContract.trustGranted } as const;
