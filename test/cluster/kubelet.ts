// The kubelet of a node.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathOf } from './binaries.ts';
import type { Certificates } from './certificates.ts';
import { DNS_ADDRESS, DNS_DOMAIN } from './dns.ts';
import { type Node, podLogsOf } from './nodes.ts';
import type { Part } from './parts.ts';
import { LOGS } from './places.ts';

/** Kubernetes' own. */
const HEALTH_PORT = 10_248;

/** Where a kubelet on that address says whether it is well. */
export function kubeletHealth(loopback: string): string {
  return `http://${loopback}:${HEALTH_PORT}/healthz`;
}

/** Writes what the kubelet reads and gives the part. */
export function kubeletPart(node: Node, server: string, certificates: Certificates): Part {
  const root = join(node.folder, 'kubelet');
  mkdirSync(root, { recursive: true });
  const config = join(node.folder, 'kubelet.json');
  writeFileSync(config, JSON.stringify(kubeletConfig(node, certificates), null, 2));
  const kubeconfig = certificates.kubeconfig({
    file: `${node.name}.conf`,
    server,
    name: `system:node:${node.name}`,
    group: 'system:nodes',
  });
  return {
    name: `kubelet-${node.name}`,
    program: pathOf('kubelet'),
    args: [
      `--config=${config}`,
      `--kubeconfig=${kubeconfig}`,
      `--hostname-override=${node.name}`,
      `--node-ip=${node.address}`,
      `--root-dir=${root}`,
      `--cert-dir=${join(root, 'pki')}`,
    ],
    log: join(LOGS, `kubelet-${node.name}.log`),
  };
}

function kubeletConfig(node: Node, certificates: Certificates) {
  const own = certificates.issue(`kubelet-${node.name}`, {
    commonName: `system:node:${node.name}`,
    names: [node.name],
    addresses: [node.address],
    uses: ['serverAuth'],
  });
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: node.address,
    healthzBindAddress: node.loopback,
    healthzPort: HEALTH_PORT,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: certificates.authorityFile },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: own.certificateFile,
    tlsPrivateKeyFile: own.keyFile,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: DNS_DOMAIN,
    resolvConf: '',
    containerRuntimeEndpoint: `unix://${node.socket}`,
    podLogsDir: podLogsOf(node),
    volumePluginDir: join(node.folder, 'volume-plugins'),
    // Two kubelets share one machine: each has its own root of cgroups, and none claims the machine.
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${node.cgroup}`,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    localStorageCapacityIsolation: false,
    evictionHard: { 'memory.available': '50Mi', 'nodefs.available': '1%', 'imagefs.available': '1%' },
    // Images come from no registry: one that was deleted would not come back.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    serializeImagePulls: false,
    maxPods: 250,
  };
}
