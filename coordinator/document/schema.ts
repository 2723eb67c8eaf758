// The one schema of a partition: it gives the parser, the types and the JSON schema for editors. What needs
// two places to be compared stands in check/.

import { z } from 'zod';
import { childShape } from '../../protos/adapter/child.ts';
import { execShape } from '../../protos/adapter/exec.ts';
import { httpShape } from '../../protos/adapter/http.ts';
import { duration } from '../../protos/machine/durationSchema.ts';
import { SEGMENT_LENGTH_MAX, SEGMENT_PATTERN, SEGMENTS_MAX } from '../../protos/machine/limits.ts';
import { ordersSchema, timeoutsSchema } from '../../protos/machine/overrides.ts';
import { machineSchema } from '../../protos/machine/parse.ts';
import { HEARTBEAT_MS_MAX, HEARTBEAT_MS_MIN, PORT_MAX, TARGETS_MAX } from './limits.ts';

const STATEFUL_SET_WANTED = 'small letters, digits and -, at most 52 characters';
const DNS_LABEL = 'small letters, digits and -, a letter first, at most';

const partitionName = z
  .string()
  .regex(new RegExp(SEGMENT_PATTERN), `${DNS_LABEL} 63 characters`)
  .max(63, `${DNS_LABEL} 63 characters`);

const segmentName = z
  .string()
  .regex(new RegExp(SEGMENT_PATTERN), `${DNS_LABEL} ${SEGMENT_LENGTH_MAX} characters`)
  .max(SEGMENT_LENGTH_MAX, `${DNS_LABEL} ${SEGMENT_LENGTH_MAX} characters`)
  .regex(/^(?!.*-\d+$)/, 'a name that does not end like that of a target ("readout-3")');

/** Its pods carry a label with its name and a hash of 11 characters, and a label holds 63. */
const STATEFUL_SET_LENGTH_MAX = 52;
const statefulSetName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, STATEFUL_SET_WANTED)
  .max(STATEFUL_SET_LENGTH_MAX, STATEFUL_SET_WANTED);

const port = z.int().min(0).max(PORT_MAX).default(0);

const processSchema = z
  .strictObject({
    command: z
      .array(z.string({ error: 'a string (put it in quotes)' }).min(1, 'at least one character'))
      .min(1)
      .meta({
        description: 'Program and arguments; {partition}, {segment}, {ordinal}, {port} are filled in.',
      }),
    workingDirectory: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'Taken from the directory of the document, which is also the default.' }),
    environment: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'the name of a variable'),
        z.string({ error: 'a string (put it in quotes)' }),
      )
      .default({})
      .meta({ description: 'Added to the environment; placeholders are filled in as in the command.' }),
  })
  .meta({ description: 'What `baton up` starts for each member. In a cluster the StatefulSet says it.' });

const adapterPort = port.meta({
  description: 'Of member 0; each further member takes the next. 0: chosen free.',
});

/** How the sidecar drives the process: one branch per adapter, each with what a document says of it. */
export const adapterSchema = z
  .discriminatedUnion('type', [
    // The one that is meant when no type is written.
    z.strictObject({ type: z.literal('grpc').optional().default('grpc'), port: adapterPort }),
    z.strictObject({ type: z.literal('http'), port: adapterPort, ...httpShape }),
    z.strictObject({ type: z.literal('child'), ...childShape }),
    z.strictObject({ type: z.literal('exec'), ...execShape }),
  ])
  .prefault({})
  .meta({ description: 'How the sidecar drives the process.' });

export const segmentSchema = z.strictObject({
  name: segmentName.meta({ description: 'The like processes; each is a target: readout-0, readout-1, …' }),
  members: z.int().min(1).max(TARGETS_MAX).meta({ description: 'How many of them.' }),
  critical: z.boolean().default(true).meta({ description: 'An operation fails when one member does.' }),
  minMembers: z.int().min(0).max(TARGETS_MAX).optional().meta({
    description: 'With critical: false: an operation goes on while so many are left; default: all.',
  }),
  order: z
    .union([
      z.enum(['together', 'ascending', 'descending']),
      z.strictObject({ batches: z.int().min(1).max(TARGETS_MAX) }),
    ])
    .default('together')
    .meta({ description: 'How the members of the segment follow one another by ordinal.' }),
  adapter: adapterSchema,
  process: processSchema.optional(),
  statefulSet: statefulSetName.optional().meta({
    description: 'In a cluster: the StatefulSet of its pods; default: the partition’s name, - and its own.',
  }),
  stop: z
    .strictObject({
      gracePeriod: duration(1).prefault('30s').meta({ description: 'From preStop to SIGKILL.' }),
      margin: duration(0)
        .prefault('2s')
        .meta({ description: 'Of it, what is kept for ending the processes.' }),
    })
    .prefault({}),
});

/** A machine that stands elsewhere. */
export const namedMachineSchema = z.union([
  z.string({ error: 'the name of a built-in machine' }),
  z.strictObject({ file: z.string().min(1) }),
]);

export const machineChoiceSchema = z
  .union([...namedMachineSchema.options, machineSchema])
  .meta({ description: 'A built-in machine by name, a file that holds one, or the machine itself.' });

export const portsSchema = z
  .strictObject({
    coordinator: port.meta({ description: 'The coordinator’s gRPC. 0: chosen free.' }),
    sidecars: port.meta({
      description: 'gRPC of the first sidecar; each further one takes the next. 0: chosen free.',
    }),
    probes: port.meta({
      description: 'HTTP of the first sidecar; each further one takes the next. 0: chosen free.',
    }),
  })
  .prefault({});

const specSchema = z.strictObject({
  machine: machineChoiceSchema,
  orders: ordersSchema,
  timeouts: timeoutsSchema,
  heartbeatInterval: duration(HEARTBEAT_MS_MIN, HEARTBEAT_MS_MAX)
    .prefault('1s')
    .meta({ description: 'A sidecar that is silent three times as long is unknown.' }),
  segments: z.array(segmentSchema).min(1).max(SEGMENTS_MAX),
  ports: portsSchema,
  leave: z
    .strictObject({
      policy: z.enum(['stopRun', 'leave']).default('stopRun').meta({
        description: 'When a target goes away in a run: stop the run in order, or let it go alone.',
      }),
    })
    .prefault({}),
  onCordon: z.enum(['warn', 'leave', 'stopRun']).default('warn').meta({
    description: 'When a node is cordoned in a run: tell it, leave, or stop the run.',
  }),
  startup: z
    .strictObject({
      timeout: duration(1).prefault('60s').meta({ description: 'Until every process must be attached.' }),
    })
    .prefault({}),
});

export const partitionSchema = z
  .strictObject({
    apiVersion: z.literal('baton.dev/v1alpha1'),
    kind: z.literal('Partition'),
    metadata: z.strictObject({ name: partitionName }),
    spec: specSchema,
  })
  .meta({ title: 'Partition', description: 'One DAQ that is controlled as a whole.' });

export type PartitionShape = z.output<typeof partitionSchema>;
export type SegmentShape = z.output<typeof segmentSchema>;
export type AdapterShape = z.output<typeof adapterSchema>;

/** The JSON schema (draft 2020-12) of a document as it is written, for editors. */
export function partitionJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(partitionSchema, { io: 'input', target: 'draft-2020-12' });
}
