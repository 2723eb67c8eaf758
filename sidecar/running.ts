// What the faces of a sidecar see of it.

import type { Event, Memory, PodFacts, Settings } from './rules/model.ts';
import type { View } from './rules/view.ts';
import type { Outlet } from './streams.ts';
import type { PreStopAnswer } from './waiters.ts';

/** What can be known of a sidecar at one moment. */
export type Present = {
  readonly settings: Settings;
  readonly memory: Memory;
  readonly view: View;
  /** What the platform knows of the pod. */
  readonly pod: PodFacts;
  /** How long the view has been so, in milliseconds. */
  readonly sinceMs: number;
};

/** What is known of the process beside it. */
export type ProcessLink = {
  /** How long nothing has been attached, in milliseconds; 0 while something is. */
  readonly detachedForMs: number;
  /** One sentence why nothing is attached; empty while something is. */
  readonly detachCause: string;
};

/** A sidecar that runs. Disposing it ends its adapter and closes its streams; the process is left as it is. */
export type RunningSidecar = AsyncDisposable & {
  present(): Present;
  link(): ProcessLink;
  /** Takes an event of the control stream. */
  take(event: Event): void;
  /** Adds a stream to the coordinator; its number goes into that stream's events. */
  open(outlet: Outlet): number;
  /** Calls `run` after each change of the view, until the returned function is called. */
  watch(run: () => void): () => void;
  /** The preStop hook: resolves when it may be answered. Several calls share one stop. */
  preStop(): Promise<PreStopAnswer>;
  /** Ends all streams to coordinators with a word; nothing is taken from then on. */
  closeStreams(): void;
};
