// What only a cluster can do: another number of members, other pods. Told step by step.

import type { ServerWritableStream } from '@grpc/grpc-js';
import { throwOutside } from '../../protos/failure/bug.ts';
import { toStatus } from '../../protos/failure/status.ts';
import { type Problem, RunControlError } from '../../protos/failure/trouble.ts';
import type { RolloutRequest__Output } from '../../protos/generated/baton/v1/RolloutRequest.ts';
import type { ScaleRequest__Output } from '../../protos/generated/baton/v1/ScaleRequest.ts';
import type { ScaleResponse } from '../../protos/generated/baton/v1/ScaleResponse.ts';
import { list, show } from '../../protos/machine/show.ts';
import { cutSentence } from '../../protos/sentence.ts';
import type { Partition } from '../core/model/partition.ts';
import { TARGETS_MAX } from '../document/limits.ts';
import type { Leading } from '../leading.ts';
import type { Credit } from './credit.ts';
import { checkLength, malformed, OPERATOR_LENGTH_MAX } from './request.ts';

/** One line for people. */
export type Progress = {
  readonly kind: 'plan' | 'step' | 'done';
  readonly sentence: string;
};

export type Rollout = { readonly segment: string; readonly dryRun: boolean; readonly operator: string };

export type Scale = Rollout & { readonly members: number };

/**
 * Tells its plan, each step as it is done, and last of all what was done. Throws RunControlError when it cannot
 * or may not go on: what is true then is told with it. Ends early once `signal` aborts: nobody listens any more.
 */
export type Scaling = {
  scale(leading: Leading, scale: Scale, signal: AbortSignal): AsyncIterable<Progress>;
  rollout(leading: Leading, rollout: Rollout, signal: AbortSignal): AsyncIterable<Progress>;
};

type Call<Request> = ServerWritableStream<Request, ScaleResponse>;

/** The scaling of a cluster, or RunControlError REFUSED: `key` of the document is what to change. */
export function requireScaling(scaling: Scaling | undefined, key: string): Scaling {
  if (scaling !== undefined) return scaling;
  throw new RunControlError(
    'REFUSED',
    `this partition is not in a cluster; nothing was done; change \`${key}\` in its document and start baton up again`,
  );
}

/** What is asked of Scale; RunControlError MALFORMED with every problem. */
export function parseScale(call: Call<ScaleRequest__Output>, partition: Partition, credit: Credit): Scale {
  const { members } = call.request;
  const problems: Problem[] = [];
  if (members > TARGETS_MAX) {
    problems.push({ path: 'members', want: `at most ${TARGETS_MAX}`, got: String(members) });
  }
  return { ...checked(call, partition, credit, problems), members };
}

/** What is asked of Rollout; RunControlError MALFORMED with every problem. */
export function parseRollout(
  call: Call<RolloutRequest__Output>,
  partition: Partition,
  credit: Credit,
): Rollout {
  return checked(call, partition, credit, []);
}

function checked(
  call: Call<RolloutRequest__Output>,
  { segments }: Partition,
  credit: Credit,
  problems: Problem[],
): Rollout {
  const { segment, dryRun, operator } = call.request;
  const known = segments.map(({ name }) => name);
  if (!known.includes(segment)) {
    problems.push({ path: 'segment', want: `one of ${list(known)}`, got: show(segment) });
  }
  checkLength('operator', operator, { max: OPERATOR_LENGTH_MAX }, problems);
  if (problems.length > 0) throw malformed(problems);
  return { segment, dryRun, operator: credit(call, operator) };
}

const KINDS = {
  plan: 'PROGRESS_KIND_PLAN',
  step: 'PROGRESS_KIND_STEP',
  done: 'PROGRESS_KIND_DONE',
} as const satisfies Record<Progress['kind'], ScaleResponse['kind']>;

/**
 * Tells `call` what `begin` gives until it ends or nobody listens. RunControlError becomes its status; a bug is
 * thrown where nobody handles it.
 */
export function tellProgress<Request>(
  call: Call<Request>,
  begin: (signal: AbortSignal) => AsyncIterable<Progress>,
): void {
  const listening = new AbortController();
  call.on('close', () => listening.abort());
  call.on('cancelled', () => listening.abort());
  const told = Promise.try(async () => {
    for await (const { kind, sentence } of begin(listening.signal)) {
      if (listening.signal.aborted) return;
      call.write({ kind: KINDS[kind], sentence: cutSentence(sentence) });
    }
    call.end();
  });
  told.catch((error: unknown) => {
    if (error instanceof RunControlError) call.emit('error', toStatus(error));
    else throwOutside(error);
  });
}
