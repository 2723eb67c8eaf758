// What a coordinator says that does not lead: who does, as far as the Lease tells.

import { RunControlError } from '../../../protos/failure/trouble.ts';
import type { OwnPod } from '../config/options.ts';
import { holderOf } from './identity.ts';
import { strangerSentence } from './stranger.ts';

/** For whoever asks a standby; `identity` is the Lease's holder, undefined: nobody, or nobody knows. */
export function noLeader(identity: string | undefined, ownPod: OwnPod | undefined): RunControlError {
  const holder = identity === undefined ? undefined : holderOf(identity);
  if (holder === undefined || holder.pod === ownPod?.name) {
    return new RunControlError('NO_LEADER', 'this coordinator stands by: nobody leads yet');
  }
  const { pod, address, isStranger } = holder;
  const facts = { pod, ...(address === '' ? {} : { leader: address }) };
  const why = isStranger ? strangerSentence(pod) : `${pod}${address === '' ? '' : ` at ${address}`} leads`;
  return new RunControlError('NO_LEADER', `this coordinator stands by: ${why}`, { facts });
}
