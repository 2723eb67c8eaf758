import type { ServerWritableStream } from '@grpc/grpc-js';
import { toStatus } from '../../protos/failure/status.ts';
import { RunControlError } from '../../protos/failure/trouble.ts';
import type { WatchStateRequest__Output } from '../../protos/generated/baton/v1/WatchStateRequest.ts';
import type { WatchStateResponse } from '../../protos/generated/baton/v1/WatchStateResponse.ts';
import type { RunningSidecar } from '../running.ts';
import { stateMessage } from './outbound.ts';

/** Those who may watch one sidecar at once. */
export const WATCHERS_MAX = 16;

type Call = ServerWritableStream<WatchStateRequest__Output, WatchStateResponse>;

/** Serves WatchState: the present state, then each change; a slow watcher sees the newest, not all. */
export function watchHandler(sidecar: RunningSidecar): (call: Call) => void {
  let watching = 0;
  return (call) => {
    if (watching >= WATCHERS_MAX) {
      call.emit(
        'error',
        toStatus(new RunControlError('LIMIT', `${WATCHERS_MAX} watchers are connected already`)),
      );
      return;
    }
    watching += 1;
    let stale = false;
    const tell = () => {
      stale = call.writableNeedDrain;
      if (!stale) call.write({ state: stateMessage(sidecar.present()) });
    };
    const unwatch = sidecar.watch(tell);
    call.on('drain', () => {
      if (stale) tell();
    });
    call.on('cancelled', () => call.end());
    call.on('close', () => {
      watching -= 1;
      unwatch();
    });
    tell();
  };
}
