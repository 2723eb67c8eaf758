// One call of Perform, held to exactly one answer.

import { type ServiceError, status } from '@grpc/grpc-js';
import type { PerformResponse__Output } from '../../../protos/generated/baton/v1/PerformResponse.ts';
import type { ProcessClient } from '../../../protos/generated/baton/v1/Process.ts';
import { MESSAGE_BYTES_MAX, v1 } from '../../../protos/load.ts';
import type { Attachment } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import { type HookEnd, sentence, type Understood } from '../said.ts';
import { nameOf, parseHookEnd } from './wire.ts';

export type Call = { cancel(): void };

/**
 * Asks the process for a transition. `ended` is called once: with the process's word, or with one sentence
 * why there is none. There is no deadline: the rules count the budget, and only the process knows when its
 * hook has ended.
 *
 * The answer is read as a stream: for a second answer on a unary call grpc-js waits for ever.
 */
export function performOnce(
  client: ProcessClient,
  attachment: Attachment,
  { attachment: _, ...call }: PerformCall,
  ended: (ending: Understood<HookEnd>) => void,
): Call {
  const { path, requestSerialize, responseDeserialize } = v1.Process.service.Perform;
  const request = { ...call, attachment: attachment.id, startId: attachment.startId };
  const options = { deadline: Number.POSITIVE_INFINITY };
  const stream = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize,
    request,
    options,
  );
  const answers: PerformResponse__Output[] = [];
  let told = false;
  const tell = (ending: Understood<HookEnd>) => {
    if (told) return;
    told = true;
    ended(ending);
  };
  stream.on('data', (answer: PerformResponse__Output) => {
    answers.push(answer);
    if (answers.length > 1) stream.cancel();
  });
  stream.on('error', (error: ServiceError) => {
    tell({ broken: sentence(`the call of ${call.transition} broke: ${whyBroken(error, answers.length)}`) });
  });
  stream.on('end', () => {
    const [answer] = answers;
    tell(
      answer === undefined
        ? { broken: `the call of ${call.transition} ended without an answer` }
        : parseHookEnd(answer),
    );
  });
  return stream;
}

function whyBroken(error: ServiceError, answers: number): string {
  if (answers > 1) return 'more than one answer came';
  const isLarge = error.code === status.RESOURCE_EXHAUSTED && error.details.includes('larger than max');
  return isLarge ? `its answer was larger than ${MESSAGE_BYTES_MAX} bytes (${nameOf(error)})` : nameOf(error);
}
