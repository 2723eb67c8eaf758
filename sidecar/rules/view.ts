import { cutSentence } from '../../protos/sentence.ts';
import type { Sidecar, Token } from './model.ts';

/** What others may know of a target. */
export type View = {
  readonly incarnation: string;
  readonly stateNumber: number;
  /** A state of the machine; empty: unknown. In error: the state it came from. */
  readonly state: string;
  readonly inError: boolean;
  readonly attached: boolean;
  readonly doing: Token | undefined;
  readonly doingTransition: string;
  readonly leaving: boolean;
  readonly cause: string;
};

/** The present view: an observation of the process, never a guess from what was asked. */
export function viewOf(sidecar: Sidecar): View {
  const { memory, attachment } = sidecar;
  const doing = runningHook(sidecar);
  return {
    incarnation: memory.incarnation,
    stateNumber: memory.stateNumber,
    state: memory.value.state,
    inError: memory.value.error,
    attached: attachment !== undefined,
    doing: doing?.token,
    doingTransition: doing?.transition ?? '',
    leaving: memory.leaving !== 'no',
    cause: causeOf(sidecar),
  };
}

/** While nothing is attached nobody can act on anything else, and the platform knows best why. */
function causeOf({ attachment, memory, pod, trouble }: Sidecar): string {
  if (attachment !== undefined) return memory.cause || trouble;
  return cutSentence([pod.sentence, trouble || memory.cause].filter((part) => part !== '').join('; '));
}

/**
 * The hook that runs as far as can be known. Before the process was asked, a remembered `doing` counts as
 * running: rule 3 keeps it so until the process says that it is idle.
 */
export function runningHook(
  sidecar: Sidecar,
): { readonly token: Token; readonly transition: string } | undefined {
  const { hook, memory } = sidecar;
  if (hook !== undefined) return hook;
  if (memory.last !== undefined && memory.last.answer === undefined) return memory.last;
  return memory.local;
}

/** True when nothing differs that others may know, but for the state number. */
export function sameView(a: View, b: View): boolean {
  return (
    a.incarnation === b.incarnation &&
    a.state === b.state &&
    a.inError === b.inError &&
    a.attached === b.attached &&
    a.doing === b.doing &&
    a.leaving === b.leaving &&
    a.cause === b.cause
  );
}
