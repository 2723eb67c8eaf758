// What a sidecar remembers, what can happen to it, and what it does about it: data only.

import type { Compiled, MachineValue } from '../machine/compile.ts';

/** Names one request. Two tokens are the same when all three parts are. */
export type Token = {
  readonly operationNumber: number;
  readonly step: number;
  readonly operationId: string;
};

/** The newest step that was taken or closed; anything lower is refused. */
export type Fence = { readonly epoch: number; readonly operationNumber: number; readonly step: number };

export type RefusalCode =
  | 'FENCED'
  | 'GONE'
  | 'BUSY'
  | 'LEAVING'
  | 'NOT_ALLOWED'
  | 'MACHINE_DIFFERS'
  | 'BY_PROCESS'
  | 'NOT_ATTACHED';

/** The end of one request, as remembered and as told. */
export type Answer = {
  readonly token: Token;
  readonly incarnation: string;
  readonly kind: 'executed' | 'refused' | 'failed' | 'interrupted';
  readonly code?: RefusalCode;
  readonly cause: string;
  readonly allowedNow: readonly string[];
};

/** The one remembered request. `answer` is absent while its hook runs. */
export type LastRequest = {
  readonly token: Token;
  readonly incarnation: string;
  readonly transition: string;
  /** State it started from; empty when that was unknown, and then arriving proves nothing. */
  readonly from: string;
  readonly to: string;
  readonly answer?: Answer;
};

/** The stop step that the sidecar runs by itself. */
export type LocalStep = {
  readonly token: Token;
  readonly transition: string;
  readonly from: string;
  readonly to: string;
};

/** no; told to leave, stop-path requests only; stopping by itself, and in `localRestart` the pod stays. */
export type Leaving = 'no' | 'leaving' | 'local' | 'localRestart';

/** What survives a restart of the sidecar. Persisted before any effect that follows from it. */
export type Memory = {
  /** Chosen at random whenever memory begins anew: lost memory changes the incarnation. */
  readonly memoryId: string;
  readonly journalId: string;
  readonly fence: Fence;
  /** Settle closed the fence's step: in this epoch no request for it is taken. */
  readonly closed: boolean;
  /** Empty until a process has attached. */
  readonly incarnation: string;
  readonly value: MachineValue;
  /** Why it is in error or unknown, one sentence. */
  readonly cause: string;
  readonly stateNumber: number;
  readonly last: LastRequest | undefined;
  readonly local: LocalStep | undefined;
  readonly leaving: Leaving;
  /** 0 outside a run. */
  readonly runNumber: number;
  /** Steps of the stop path begun by this incarnation since its last other transition: P15. */
  readonly stopBegun: readonly string[];
};

/** A hook that the process runs. `forgotten`: nobody remembers having asked for it. */
export type Hook = {
  readonly token: Token;
  readonly transition: string;
  readonly owner: 'coordinator' | 'local' | 'forgotten';
  /** How its end is learnt: by the answer to our call, or, after a new attachment, by an idle process. */
  readonly awaits: 'answer' | 'idle';
  readonly overran: boolean;
};

export type Attachment = { readonly id: number; readonly startId: string };

/** The coordinator's newest stream. */
export type Stream = { readonly id: number; readonly epoch: number };

/** How far a preStop hook that waits for its answer has come. `awaitingLife`: no process is there to be stopped yet. */
export type PreStop = 'none' | 'awaitingLife' | 'awaitingVerdict' | 'ordered' | 'local' | 'done';

/** What only the platform knows of the pod, as the present coordinator told it. */
export type PodFacts = {
  /** One sentence for people; empty: nothing worth telling. */
  readonly sentence: string;
  /** How often the process's container was restarted. */
  readonly restarts: number;
};

export type Settings = {
  readonly target: string;
  readonly partition: string;
  readonly podUid: string;
  readonly compiled: Compiled;
  readonly machineHash: string;
  /** Until the preStop hook must be answered, in milliseconds: grace period minus margin. */
  readonly preStopAnswerMs: number;
};

export type Sidecar = {
  readonly settings: Settings;
  readonly memory: Memory;
  readonly attachment: Attachment | undefined;
  readonly hook: Hook | undefined;
  readonly stream: Stream | undefined;
  readonly preStop: PreStop;
  /** What the process complains of, or why none is attached, one sentence; it is told, and changes nothing else. */
  readonly trouble: string;
  /** Told, never remembered: a coordinator says it anew on each stream. */
  readonly pod: PodFacts;
  /** It has just started beside a process that it remembers, and has not found process and coordinator yet. */
  readonly fresh: boolean;
};

/** What the process says of itself. */
export type ProcessState = {
  readonly state: string;
  readonly busy: Token | undefined;
  readonly executed: Token | undefined;
  readonly trouble: string;
};

export type TakenRequest = {
  readonly token: Token;
  readonly incarnation: string;
  readonly machineHash: string;
  readonly transition: string;
  readonly argumentsJson: string;
  readonly from: string;
  readonly to: string;
  readonly budgetMs: number;
  readonly stopPath: boolean;
  readonly runNumber: number;
};

export type Verdict = 'ordered' | 'local' | 'restart' | 'forced';

export type Timer = 'hook' | 'life' | 'verdict' | 'localStop' | 'preStopAnswer' | 'returnToService';

export type Event =
  | {
      readonly type: 'hello';
      readonly stream: number;
      readonly journalId: string;
      readonly epoch: number;
      readonly closedThrough: number;
      readonly adoptedFrom: string;
    }
  | { readonly type: 'streamClosed'; readonly stream: number }
  | { readonly type: 'request'; readonly stream: number; readonly request: TakenRequest }
  | {
      readonly type: 'settle';
      readonly stream: number;
      readonly operationNumber: number;
      readonly step: number;
    }
  | {
      readonly type: 'giveUp';
      readonly stream: number;
      readonly operationNumber: number;
      readonly step: number;
    }
  | {
      readonly type: 'leave';
      readonly stream: number;
      readonly incarnation: string;
      readonly verdict: Verdict;
    }
  | { readonly type: 'podFacts'; readonly stream: number; readonly pod: PodFacts }
  | {
      readonly type: 'attached';
      readonly attachment: Attachment;
      /** `<pod>.<life>`: 8 characters of the digest of the pod UID, 8 of that of memory id and start id. */
      readonly incarnation: string;
      readonly process: ProcessState;
    }
  | { readonly type: 'detached'; readonly attachment: number; readonly cause: string }
  | { readonly type: 'observed'; readonly attachment: number; readonly process: ProcessState }
  | {
      readonly type: 'hookEnded';
      readonly attachment: number;
      readonly token: Token;
      readonly outcome: 'executed' | 'refused' | 'failed';
      /** Empty when the process does not know. */
      readonly state: string;
      readonly cause: string;
    }
  | { readonly type: 'preStop' }
  | { readonly type: 'timer'; readonly timer: Timer };

/** Message to the coordinator; the shell adds State and how long it has been so. */
export type UpMessage =
  /** Goes to the stream that said Hello, which need not be the present one. */
  | { readonly type: 'welcome'; readonly stream: number; readonly foreign: boolean }
  | { readonly type: 'answer'; readonly answer: Answer }
  | { readonly type: 'settled'; readonly operationNumber: number; readonly step: number }
  | { readonly type: 'state' }
  | {
      readonly type: 'leaving';
      readonly localStopInMs: number;
      readonly done: boolean;
      readonly clean: boolean;
    };

export type Effect =
  | { readonly type: 'send'; readonly message: UpMessage }
  | { readonly type: 'closeStream'; readonly stream: number; readonly reason: string }
  | {
      readonly type: 'perform';
      readonly attachment: Attachment;
      readonly token: Token;
      readonly transition: string;
      readonly argumentsJson: string;
      readonly from: string;
      readonly to: string;
      readonly budgetMs: number;
      readonly runNumber: number;
    }
  | { readonly type: 'giveUp'; readonly attachment: Attachment; readonly token: Token }
  | { readonly type: 'arm'; readonly timer: Timer; readonly afterMs: number }
  | { readonly type: 'disarm'; readonly timer: Timer }
  | { readonly type: 'answerPreStop'; readonly clean: boolean; readonly sentence: string };

/** What one event leads to. The shell persists `sidecar.memory`, if it changed, BEFORE it runs any effect. */
export type Reaction = { readonly sidecar: Sidecar; readonly effects: readonly Effect[] };
