// Telling the coordinator what only the kubelet knows of a pod, until it has heard it.

import { setTimeout as wait } from 'node:timers/promises';
import type { PodPhase } from '../../protos/generated/baton/v1/PodPhase.ts';
import type { Connection } from '../cli/client.ts';
import { isPassing } from '../cli/peers.ts';

/** Longest detail that the contract allows, in characters. */
const DETAIL_LENGTH_MAX = 500;

/** Wait before the coordinator is tried again, in milliseconds. */
const AGAIN_MS = 200;

export type PodReport = {
  readonly target: string;
  readonly podUid: string;
  readonly phase: PodPhase;
  readonly detail: string;
};

export type Reporter = {
  /** Tells this of the pod; takes the place of what was to be told of it before. */
  readonly report: (report: PodReport) => void;
  /** Tells everything again: a new coordinator has seen none of it. */
  readonly retell: () => void;
  /** Resolves once everything is told, or `limitMs` milliseconds later; true in the first case. */
  readonly flush: (limitMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

/** Reports through `connection` until it is closed; `refused` hears of what the coordinator would not take. */
export function openReporter(connection: Connection, refused: (words: string) => void): Reporter {
  const last = new Map<string, PodReport>();
  const untold = new Set<string>();
  const closing = new AbortController();
  let sending: Promise<void> | undefined;
  const send = async (): Promise<void> => {
    for (;;) {
      const [pod] = untold;
      if (pod === undefined || closing.signal.aborted) return;
      const report = last.get(pod);
      if (report === undefined || (await isTold(connection, report, refused))) {
        // Meanwhile something newer may have come: that is still to be told.
        if (last.get(pod) === report) untold.delete(pod);
      } else {
        await wait(AGAIN_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  };
  const begin = () => {
    sending ??= send().finally(() => {
      sending = undefined;
    });
  };
  return {
    report: (report) => {
      // Two pods of one target are told of in the order in which they came.
      const pod = `${report.target} ${report.podUid}`;
      last.set(pod, { ...report, detail: report.detail.slice(0, DETAIL_LENGTH_MAX) });
      untold.add(pod);
      begin();
    },
    retell: () => {
      for (const pod of last.keys()) untold.add(pod);
      begin();
    },
    flush: async (limitMs) => {
      const limit = new AbortController();
      const late = wait(limitMs, undefined, { signal: limit.signal }).catch(() => undefined);
      while (sending !== undefined && (await Promise.race([sending.then(() => true), late])) === true) {
        // What came in while the last was told is told in turn.
      }
      limit.abort();
      return untold.size === 0;
    },
    close: async () => {
      closing.abort();
      await sending;
    },
  };
}

/** True when the coordinator has heard it, or has refused to hear it: only silence is worth another try. */
async function isTold(
  connection: Connection,
  report: PodReport,
  refused: (words: string) => void,
): Promise<boolean> {
  try {
    await connection.ask((stub, options, done) => stub.reportPod(report, options, done));
    return true;
  } catch (error) {
    if (isPassing(error)) return false;
    refused(
      `the coordinator would not hear of ${report.target}: ${error instanceof Error ? error.message : ''}`,
    );
    return true;
  }
}
