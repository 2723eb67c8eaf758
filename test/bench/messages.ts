// What the programs of the benchmark say to each other, and the schemas that read it back.

import { z } from 'zod';

/** The three ways that are compared. */
export const WAYS = ['product', 'floor', 'bare'] as const;

export type Way = (typeof WAYS)[number];

const way = z.enum(WAYS);
const count = z.int().min(0);

const directories = z.object({
  /** On a real disk: the journal. */
  disk: z.string(),
  /** In memory where the system has that: the state files. */
  memory: z.string(),
});

/** Directories of one way, made and removed by whoever starts it. */
export type Directories = z.infer<typeof directories>;

/** How much the product writes, in bytes, so that the floor writes as much. */
const sizes = z.object({
  /** One slot of a state file, with its header. */
  state: count,
  /** The record of the first commit of an operation. */
  accepted: count,
  /** The records of its second commit. */
  ended: z.array(count),
});

export type Sizes = z.infer<typeof sizes>;

/** Who writes a log, as the programs do by default: one line for each change of a target's state. */
export const LOGS = ['none', 'coordinator', 'all'] as const;

const clientSetting = z.object({
  way,
  targets: count.min(1),
  /** Processes that serve the targets. */
  hosts: count.min(1),
  directories,
  log: z.enum(LOGS),
  sizes,
  /** Folder for processor profiles, or empty. */
  profiles: z.string(),
});

export type ClientSetting = z.infer<typeof clientSetting>;

const hostSetting = z.object({
  way,
  /** Ordinals of its targets: from `first`, `targets` of them. */
  first: count,
  targets: count,
  directories,
  log: z.enum(LOGS),
  sizes,
});

export type HostSetting = z.infer<typeof hostSetting>;

/** To a client: begin, run some operations, tell how much an operation writes. */
export const clientQuestion = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('start'), setting: clientSetting }),
  z.object({ ask: z.literal('run'), operations: count }),
  z.object({ ask: z.literal('sizes') }),
]);

/** To a host: begin, tell its processor time so far. */
export const hostQuestion = z.discriminatedUnion('ask', [
  z.object({ ask: z.literal('start'), setting: hostSetting }),
  z.object({ ask: z.literal('cpu') }),
]);

export type Question = z.infer<typeof clientQuestion> | z.infer<typeof hostQuestion>;

export const started = z.object({});

export const hosted = z.object({
  places: z.array(z.object({ target: z.string(), address: z.string(), podUid: z.string() })),
});

/** Where the targets of a host listen. */
export type HostedPlaces = z.infer<typeof hosted>['places'];

export const cpuSoFar = z.object({ cpuUs: z.number() });

export const ran = z.object({
  /** Wall time of each operation, in milliseconds. */
  wallsMs: z.array(z.number()),
  /** Processor time of the client's process for all of them, in microseconds. */
  clientCpuUs: z.number(),
  /** Processor time of the hosts since they were asked last, in microseconds. */
  hostsCpuUs: z.number(),
});

export type Ran = z.infer<typeof ran>;

export const told = sizes;
