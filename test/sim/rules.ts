// The product's own functions and orders of doing, in one place where a planted bug can change them.

import { commit, decide, observe } from '../../coordinator/core/core.ts';
import type { Core } from '../../coordinator/core/model/picture.ts';
import type { Event as CoreEvent } from '../../coordinator/core/model/turn.ts';
import type { Event, Memory } from '../../sidecar/rules/model.ts';
import { react } from '../../sidecar/rules/react.ts';

export type Rules = {
  readonly observe: typeof observe;
  readonly decide: typeof decide;
  readonly commit: typeof commit;
  readonly react: typeof react;
  /** An event as the core gets to see it. */
  readonly see: (core: Core, event: CoreEvent) => CoreEvent;
  /** The core with which a new leader begins. */
  readonly takeOver: (core: Core) => Core;
  /** Memory as a sidecar finds it at its start. */
  readonly load: (memory: Memory) => Memory;
  readonly incarnation: (podUid: string, memoryId: string, life: string, boot: number) => string;
  readonly actsBeforePersist: (event: Event) => boolean;
  readonly sendsBeforeAppend: boolean;
  readonly respondsBeforeAppend: boolean;
  readonly compareAndSwap: boolean;
  readonly readsBack: boolean;
  readonly callOutlivesAttachment: boolean;
};

/** As the product does it. */
export const PRODUCT: Rules = {
  observe,
  decide,
  commit,
  react,
  see: (_, event) => event,
  takeOver: (core) => core,
  load: (memory) => memory,
  incarnation: (podUid, memoryId, life) => `${podUid}.${memoryId}-${life.slice(life.indexOf('#') + 1)}`,
  actsBeforePersist: () => false,
  sendsBeforeAppend: false,
  respondsBeforeAppend: false,
  compareAndSwap: true,
  readsBack: true,
  callOutlivesAttachment: false,
};
