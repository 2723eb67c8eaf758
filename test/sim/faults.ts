/** How unkind one world is. Every seed draws its own mix, so that rare ones are not drowned by common ones. */
export type Faults = {
  /** Chances per boundary or message. */
  readonly coordinatorCrash: number;
  readonly sidecarCrash: number;
  readonly streamBreak: number;
  readonly repeat: number;
  readonly appendUnknown: number;
  readonly staleRead: number;
  readonly hookFails: number;
  readonly hookHangs: number;
  readonly hookSlow: number;
  readonly responseLost: number;
  readonly stateLost: number;
  readonly attachBreak: number;
  /** Mean times between the events of the world, in milliseconds; Infinity: never. */
  readonly takeoverEveryMs: number;
  readonly pauseEveryMs: number;
  readonly killProcessEveryMs: number;
  readonly killSidecarEveryMs: number;
  readonly pauseSidecarEveryMs: number;
  readonly deletePodEveryMs: number;
  readonly restartContainerEveryMs: number;
  readonly forceDeleteEveryMs: number;
  readonly restoreJournalEveryMs: number;
  readonly deleteJournalEveryMs: number;
  readonly editEveryMs: number;
  readonly strangerEveryMs: number;
  readonly scaleEveryMs: number;
  readonly otherMachineEveryMs: number;
  /** Longest delay of a message, in milliseconds. */
  readonly delayMaxMs: number;
};

/** Draws a mix. */
export function drawFaults(random: () => number): Faults {
  const chance = (max: number, share = 0.5) => (random() < share ? random() * max : 0);
  const every = (share: number, minMs: number) =>
    random() < share ? minMs + random() * 3 * minMs : Number.POSITIVE_INFINITY;
  return {
    coordinatorCrash: chance(0.03),
    sidecarCrash: chance(0.02),
    streamBreak: chance(0.05),
    repeat: chance(0.8, 0.9),
    appendUnknown: chance(0.1),
    staleRead: chance(0.3),
    hookFails: chance(0.1),
    hookHangs: chance(0.05),
    hookSlow: chance(0.7, 0.7),
    responseLost: chance(0.3),
    stateLost: chance(0.9, 0.7),
    attachBreak: chance(0.1),
    takeoverEveryMs: every(0.5, 1_500),
    pauseEveryMs: every(0.5, 1_500),
    killProcessEveryMs: every(0.4, 2_000),
    killSidecarEveryMs: every(0.5, 800),
    pauseSidecarEveryMs: every(0.2, 1_500),
    deletePodEveryMs: every(0.4, 2_000),
    restartContainerEveryMs: every(0.4, 2_000),
    forceDeleteEveryMs: every(0.3, 2_500),
    restoreJournalEveryMs: every(0.15, 4_000),
    deleteJournalEveryMs: every(0.05, 6_000),
    editEveryMs: every(0.2, 2_000),
    strangerEveryMs: every(0.1, 2_000),
    scaleEveryMs: every(0.45, 1_000),
    otherMachineEveryMs: every(0.15, 2_500),
    delayMaxMs: 2 + random() * drawDelay(random()),
  };
}

/** Mostly a quiet network, sometimes a slow one, rarely one that is slower than every deadline. */
function drawDelay(dice: number): number {
  return dice < 0.05 ? 6_000 : dice < 0.2 ? 900 : 60;
}
