// One function for each kind of trouble.

import { unreachable } from '../../../../protos/failure/invariant.ts';
import type { JudgedDaq } from '../../judged.ts';
import type { Trouble } from '../story/acts.ts';
import { cutLeader, deleteLeader, killCoordinator, pauseLeader } from './coordinators.ts';
import type { Came } from './ground.ts';
import { awayApiServer, cordon, kubelet, scaleSet } from './nodes.ts';
import { badHook, cutPod, deleteAll, deletePod, kill, pause } from './targets.ts';

/** Breaks what the trouble says; what it wants to break may be away already. */
export function breakIt(daq: JudgedDaq, trouble: Trouble): Promise<Came> {
  switch (trouble.kind) {
    case 'kill':
      return kill(daq, trouble);
    case 'pause':
      return pause(daq, trouble);
    case 'deletePod':
      return deletePod(daq, trouble);
    case 'deleteAll':
      return deleteAll(daq);
    case 'killCoordinator':
      return killCoordinator(daq, trouble);
    case 'pauseLeader':
      return pauseLeader(daq);
    case 'deleteLeader':
      return deleteLeader(daq);
    case 'cutLeader':
      return cutLeader(daq, trouble);
    case 'cutPod':
      return cutPod(daq, trouble);
    case 'badHook':
      return badHook(daq, trouble);
    case 'cordon':
      return cordon(daq, trouble);
    case 'kubelet':
      return kubelet(daq, trouble);
    case 'apiServer':
      return awayApiServer(daq, trouble);
    case 'scaleSet':
      return scaleSet(daq, trouble);
    default:
      return unreachable(trouble);
  }
}
