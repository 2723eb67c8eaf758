// The door as grpc-js has it. Only health is for everyone: a call of a method that nobody thought of is refused.

import { type Metadata, ServerInterceptingCall, type ServerInterceptor } from '@grpc/grpc-js';
import { throwOutside } from '../../../protos/failure/bug.ts';
import { assert } from '../../../protos/failure/invariant.ts';
import { toStatus } from '../../../protos/failure/status.ts';
import { RunControlError } from '../../../protos/failure/trouble.ts';
import { HEALTH_SERVICE } from '../../../protos/serve.ts';
import type { Credit } from '../../api/credit.ts';
import { COORDINATOR_SERVICE } from '../../api/service.ts';
import { creditOf } from './credit.ts';
import type { Door } from './door.ts';
import type { Caller } from './permission.ts';

/** Who calls, by the headers of the call. */
export type Callers = Pick<WeakMap<Metadata, Caller>, 'get' | 'set'>;

/** Lets calls in by `door`, and notes in `callers` who makes them. */
export function permissionInterceptor(door: Door, callers: Callers): ServerInterceptor {
  return ({ path, responseStream }, call) => {
    const [, service = '', method = ''] = path.split('/');
    if (service === HEALTH_SERVICE) return new ServerInterceptingCall(call);
    const isOurs = service === COORDINATOR_SERVICE;
    let caller: Caller | undefined;
    let request: unknown;
    const refuse = (error: unknown): void => {
      if (error instanceof RunControlError) call.sendStatus(toStatus(error));
      else throwOutside(error);
    };
    const known = (): Caller => {
      assert(caller !== undefined, 'a call goes on only once it is known who makes it');
      return caller;
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, go) => {
            const identified = door.identify(metadata).then((found) => {
              caller = found;
              callers.set(metadata, found);
              go(metadata);
            });
            identified.catch(refuse);
          },
          onReceiveMessage: (message: unknown, go) => {
            if (!isOurs) {
              go(message);
              return;
            }
            const admitted = door.admit(known(), method, message).then((full) => {
              request = full;
              go(full);
            });
            admitted.catch(refuse);
          },
        }),
      sendMessage: (answer: unknown, next) => {
        if (isOurs && door.isNarrowed(method)) {
          door.narrow(known(), { method, request, answer }).then(next).catch(refuse);
          return;
        }
        if (!isOurs || !responseStream) {
          next(answer);
          return;
        }
        // A stream gives its next message only once this one has gone.
        door
          .readmit(known(), method, request)
          .then(() => next(answer))
          .catch(refuse);
      },
    });
  };
}

/** Who asks, for the record: whom the API server knows, and what they call themselves. */
export function creditBy(callers: Callers): Credit {
  return ({ metadata }, claimed) => {
    const caller = callers.get(metadata);
    if (caller === undefined) throw new RunControlError('NOT_ALLOWED', 'it is not known who calls');
    return creditOf(caller.person.name, claimed);
  };
}
