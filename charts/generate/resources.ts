// The three kinds of Baton, from the schemas that the coordinator itself reads and writes.

import { API_GROUP, API_VERSION } from '../../coordinator/cluster/names.ts';
import { journalSpecSchema } from '../../coordinator/cluster/resources/journal.ts';
import { runSpecSchema } from '../../coordinator/cluster/resources/run.ts';
import { partitionStatusSchema } from '../../coordinator/cluster/resources/status.ts';
import { partitionSchema } from '../../coordinator/document/schema.ts';
import { BUILTIN_MACHINES } from '../../protos/machine/builtin.ts';
import { nodeOf, type Structural } from './node.ts';
import { at, listBy, rules, unchanged } from './rules.ts';
import { structural } from './structural.ts';

/** A column of `kubectl get`. Those of a priority above 0 are shown by `-o wide`. */
export type Column = {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly jsonPath: string;
  readonly priority?: number;
};

/** One kind. */
export type Kind = {
  readonly kind: string;
  readonly plural: string;
  readonly schema: Structural;
  readonly columns: readonly Column[];
  readonly hasStatus: boolean;
  /** Fields by which `kubectl get --field-selector` may choose. */
  readonly selectable: readonly string[];
};

const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

function root(spec: Structural, more: Readonly<Record<string, Structural>>, description: string): Structural {
  const metadata = more['metadata'] ?? { type: 'object' };
  const text: Structural = { type: 'string' };
  return {
    type: 'object',
    description,
    required: ['spec'],
    properties: { apiVersion: text, kind: text, ...more, metadata, spec },
  };
}

/** The name of a partition, as its document may have it. */
const PARTITION_NAME: Structural = {
  type: 'object',
  properties: { name: structural(nodeOf(partitionSchema.shape.metadata.shape.name)) },
};

function partition(): Kind {
  let spec = structural(nodeOf(partitionSchema.shape.spec));
  spec = at(spec, 'machine', { pattern: `^(${BUILTIN_MACHINES.map(({ name }) => name).join('|')})$` });
  spec = at(spec, 'segments', listBy('name'));
  spec = at(
    spec,
    'segments.[]',
    rules(
      {
        rule: '!has(self.minMembers) || self.minMembers <= self.members',
        message: 'want minMembers to be at most members',
      },
      {
        rule: '!has(self.minMembers) || self.minMembers >= self.members || (has(self.critical) && !self.critical)',
        message: 'want critical: false with minMembers, since a critical segment needs all its members',
      },
    ),
  );
  let status = structural(nodeOf(partitionStatusSchema));
  status = at(status, 'segments', listBy('name'));
  status = at(status, 'conditions', listBy('type'));
  return {
    kind: 'Partition',
    plural: 'partitions',
    schema: root(spec, { metadata: PARTITION_NAME, status }, 'One DAQ that is controlled as a whole.'),
    columns: [
      { name: 'State', type: 'string', jsonPath: '.status.state' },
      { name: 'Run', type: 'integer', jsonPath: '.status.run.number' },
      { name: 'Operation', type: 'string', jsonPath: '.status.operation.title' },
      { name: 'Outcome', type: 'string', jsonPath: '.status.operation.status' },
      { name: 'Targets', type: 'string', jsonPath: '.status.targets' },
      { name: 'Trouble', type: 'integer', jsonPath: '.status.troubledCount' },
      { name: 'Machine', type: 'string', jsonPath: '.status.machine', priority: 1 },
      { name: 'Example', type: 'string', jsonPath: '.status.troubled[0].sentence', priority: 1 },
      AGE,
    ],
    hasStatus: true,
    selectable: [],
  };
}

function journal(): Kind {
  const spec = structural(nodeOf(journalSpecSchema));
  return {
    kind: 'Journal',
    plural: 'journals',
    schema: root(
      spec,
      { metadata: PARTITION_NAME },
      'What the coordinator must remember of the partition of that name. Only it writes here.',
    ),
    columns: [
      { name: 'Epoch', type: 'integer', jsonPath: '.spec.epoch' },
      { name: 'Index', type: 'integer', jsonPath: '.spec.index' },
      { name: 'Format', type: 'integer', jsonPath: '.spec.format', priority: 1 },
      AGE,
    ],
    hasStatus: false,
    selectable: [],
  };
}

function run(): Kind {
  const spec = at(
    structural(nodeOf(runSpecSchema)),
    '',
    rules(unchanged('partition'), unchanged('number'), unchanged('startedAt'), {
      rule: "oldSelf.status == 'open' || self.status == oldSelf.status",
      message: 'how a run ended cannot be changed',
    }),
  );
  return {
    kind: 'Run',
    plural: 'runs',
    schema: root(spec, {}, 'Data taking from start to stop.'),
    columns: [
      { name: 'Partition', type: 'string', jsonPath: '.spec.partition' },
      { name: 'Number', type: 'integer', jsonPath: '.spec.number' },
      { name: 'Status', type: 'string', jsonPath: '.spec.status' },
      { name: 'Started', type: 'string', jsonPath: '.spec.startedAt' },
      { name: 'Ended', type: 'string', jsonPath: '.spec.endedAt' },
      { name: 'Cause', type: 'string', jsonPath: '.spec.cause', priority: 1 },
    ],
    hasStatus: false,
    selectable: ['.spec.partition', '.spec.status'],
  };
}

/** All kinds, in the order in which they are listed. */
export const KINDS: readonly Kind[] = [partition(), journal(), run()];

/** The CustomResourceDefinition of a kind, as the API server takes it. */
export function definitionOf(kind: Kind): Readonly<Record<string, unknown>> {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${kind.plural}.${API_GROUP}` },
    spec: {
      group: API_GROUP,
      scope: 'Namespaced',
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        categories: ['baton'],
      },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: kind.schema },
          ...(kind.hasStatus ? { subresources: { status: {} } } : {}),
          ...(kind.selectable.length === 0
            ? {}
            : { selectableFields: kind.selectable.map((jsonPath) => ({ jsonPath })) }),
          additionalPrinterColumns: kind.columns,
        },
      ],
    },
  };
}
