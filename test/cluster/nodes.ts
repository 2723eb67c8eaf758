// The two nodes, on one machine: what keeps them apart.

import { join } from 'node:path';
import { STATE } from './places.ts';

export type Node = {
  /** As Kubernetes knows it. */
  readonly name: string;
  /** The bridge to which its pods are connected, and its address: that of the node, too. */
  readonly bridge: string;
  readonly address: string;
  /** Addresses of its pods; the prefix of the bridge's own. */
  readonly subnet: string;
  readonly prefix: number;
  /** Where its health is asked; every address of 127.0.0.0/8 is this machine. */
  readonly loopback: string;
  /** Root of the cgroups of its pods, in each hierarchy. */
  readonly cgroup: string;
  readonly folder: string;
  /** containerd's. */
  readonly socket: string;
};

export const NODES: readonly Node[] = [1, 2].map((number) => {
  const name = `node-${number}`;
  const folder = join(STATE, name);
  const net = `10.${243 + number}`;
  return {
    name,
    bridge: `baton-node${number}`,
    address: `${net}.0.1`,
    subnet: `${net}.0.0/16`,
    prefix: 16,
    loopback: `127.0.77.${number}`,
    cgroup: `baton-node-${number}`,
    folder,
    socket: join(folder, 'containerd.sock'),
  };
});

/** Where the kubelet of a node keeps what containers have said. */
export function podLogsOf({ folder }: Node): string {
  return join(folder, 'pods');
}

/** Holds both subnets. */
export const POD_RANGE = '10.244.0.0/15';

/** On it run the API server, its controllers and the name server. */
export const FIRST_NODE: Node = firstOf(NODES);

/** The node of that name; throws when there is none. */
export function nodeNamed(name: string): Node {
  const node = NODES.find((each) => each.name === name);
  if (node === undefined)
    throw new Error(`no node ${name}: there are ${NODES.map((each) => each.name).join(', ')}`);
  return node;
}

function firstOf(nodes: readonly Node[]): Node {
  const [first] = nodes;
  if (first === undefined) throw new Error('a cluster has a node');
  return first;
}
