// containerd and the network plugins of a node.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Node } from './nodes.ts';
import type { Part } from './parts.ts';
import { LOGS } from './places.ts';

/** The network of the pods, as the plugins know it. */
export const NETWORK = 'baton';

/**
 * Writes what containerd reads and gives the part; `pauseImage` holds a pod together. Nothing of it is
 * shared with another containerd.
 */
export function containerdPart(node: Node, pauseImage: string): Part {
  const config = join(node.folder, 'containerd.toml');
  const plugins = join(node.folder, 'cni');
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(plugins, '10-baton.conflist'), JSON.stringify(networkConfig(node), null, 2));
  writeFileSync(config, containerdConfig(node, plugins, pauseImage));
  return {
    name: `containerd-${node.name}`,
    program: '/usr/bin/containerd',
    args: ['--config', config],
    log: join(LOGS, `containerd-${node.name}.log`),
  };
}

function rootOf(folder: string): string {
  return join(folder, 'images');
}

/** Written whole by containerd at each change; 0 while the container runs. */
const statusSchema = z.looseObject({ FinishedAt: z.number() });

const NANOSECONDS_PER_MS = 1_000_000;

/**
 * When a container ended, in milliseconds since 1970; undefined while it runs, and when the runtime has already
 * forgotten it.
 */
export function containerEndMs({ folder }: Node, id: string): number | undefined {
  const file = join(rootOf(folder), 'io.containerd.grpc.v1.cri', 'containers', id, 'status');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const { FinishedAt } = statusSchema.parse(JSON.parse(text));
  return FinishedAt === 0 ? undefined : FinishedAt / NANOSECONDS_PER_MS;
}

/** Pods of a node hang on one bridge; the default route lets them reach Services and the other node. */
function networkConfig({ bridge, subnet, folder }: Node) {
  return {
    cniVersion: '0.4.0',
    name: NETWORK,
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: join(folder, 'addresses'),
          ranges: [[{ subnet }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

/** restrict_oom_score_adj: a machine without CAP_SYS_RESOURCE may not lower it, and then no pod starts. */
function containerdConfig({ folder, socket }: Node, plugins: string, pauseImage: string): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(rootOf(folder))}
state = ${text(join(folder, 'running'))}
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = ${text(socket)}

[plugins."io.containerd.internal.v1.opt"]
  path = ${text(join(folder, 'opt'))}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(pauseImage)}
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  stream_server_address = "127.0.0.1"

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = ${text(plugins)}

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}
