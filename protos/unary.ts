import type { handleUnaryCall, ServerUnaryCall } from '@grpc/grpc-js';
import { throwOutside } from './failure/bug.ts';
import { toStatus } from './failure/status.ts';
import { RunControlError } from './failure/trouble.ts';

/**
 * A grpc-js handler from a function that returns its answer or throws. RunControlError becomes its status;
 * anything else is a bug: it is thrown outside of the call, where nobody handles it, and ends the process.
 */
export function unary<Asked, Answered>(
  handle: (request: Asked, call: ServerUnaryCall<Asked, Answered>) => Answered | Promise<Answered>,
): handleUnaryCall<Asked, Answered> {
  return (call, callback) => {
    const answered = Promise.try(handle, call.request, call);
    answered.then(
      (answer) => callback(null, answer),
      (error: unknown) => {
        if (error instanceof RunControlError) callback(toStatus(error));
        else throwOutside(error);
      },
    );
  };
}
