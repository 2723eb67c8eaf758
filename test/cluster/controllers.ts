// The controllers of the cluster, and kube-proxy: one for both nodes, as the machine has one table of rules.

import { join } from 'node:path';
import { pathOf } from './binaries.ts';
import type { Certificates } from './certificates.ts';
import { FIRST_NODE, POD_RANGE } from './nodes.ts';
import type { Part } from './parts.ts';
import { LOGS } from './places.ts';

/** The controller manager, the scheduler and kube-proxy. */
export function controllerParts(server: string, certificates: Certificates): readonly Part[] {
  const kubeconfigOf = (name: string) =>
    certificates.kubeconfig({ file: `${name}.conf`, server, name: `system:${name}` });
  const part = (
    name: 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy',
    args: readonly string[],
  ): Part => ({
    name,
    program: pathOf(name),
    args: [`--kubeconfig=${kubeconfigOf(name)}`, ...args],
    log: join(LOGS, `${name}.log`),
  });
  const alone = ['--leader-elect=false', `--bind-address=${FIRST_NODE.loopback}`];
  return [
    part('kube-controller-manager', [
      ...alone,
      '--use-service-account-credentials',
      `--root-ca-file=${certificates.authorityFile}`,
      `--service-account-private-key-file=${certificates.serviceAccountKey}`,
    ]),
    part('kube-scheduler', alone),
    part('kube-proxy', [
      '--proxy-mode=nftables',
      `--cluster-cidr=${POD_RANGE}`,
      `--hostname-override=${FIRST_NODE.name}`,
      `--healthz-bind-address=${FIRST_NODE.loopback}`,
      `--metrics-bind-address=${FIRST_NODE.loopback}`,
      // It takes pods of the second node for strangers, and one that asked itself through a Service would get no answer.
      '--masquerade-all',
      // The limit of the machine's table of connections is not ours to set.
      '--conntrack-max-per-core=0',
    ]),
  ];
}
