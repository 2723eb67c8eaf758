// A token on each call, as it is at that moment: it is renewed while others of its kind are in use.

import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import { throwOutside } from '../../../protos/failure/bug.ts';
import { toStatus } from '../../../protos/failure/status.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';

/** The token to show now; undefined: none is wanted there. Throws RunControlError. */
export type Token = () => Promise<string | undefined>;

/** Puts `token` on each call; a call for which there is none ends with why. */
export function tokenInterceptor(token: Token): Interceptor {
  return (options, nextCall) =>
    new InterceptingCall(nextCall(options), {
      start: (metadata, listener, next) => {
        const shown = token().then((text) => {
          if (text !== undefined) metadata.set('authorization', `Bearer ${text}`);
          next(metadata, listener);
        });
        shown.catch((error: unknown) => {
          if (error instanceof RunControlError) listener.onReceiveStatus(toStatus(error));
          else throwOutside(error);
        });
      },
    });
}
