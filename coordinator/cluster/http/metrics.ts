// The few figures of a coordinator that matter, for Prometheus.

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Leading } from '../../leading.ts';

export type Figures = {
  readonly isLeader: boolean;
  /** What is led. */
  readonly led: Iterable<Leading>;
  /** Partitions that are not, for whatever reason. */
  readonly unled: number;
};

export type Metrics = { readonly contentType: string; render(): Promise<string> };

const OF_PARTITION = ['namespace', 'partition'] as const;

/** Figures in a registry of their own; `figures` is asked for each rendering. */
export function createMetrics(figures: () => Figures): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
  const leader = gauge('baton_coordinator_leader', '1 while this coordinator leads, 0 while it stands by.');
  const unled = gauge('baton_partitions_not_led', 'Partitions that this leader cannot lead.');
  const targets = gauge('baton_partition_targets', 'Targets of a partition.', OF_PARTITION);
  const placed = gauge(
    'baton_partition_targets_placed',
    'Of them, those whose pod is known with its address.',
    OF_PARTITION,
  );
  const connected = gauge('baton_partition_targets_connected', 'Of them, those with a stream.', OF_PARTITION);
  const run = gauge('baton_partition_run_number', 'Number of the open run; 0 outside a run.', OF_PARTITION);
  const epoch = gauge(
    'baton_partition_epoch',
    'Epoch of the leader: it grows with each takeover.',
    OF_PARTITION,
  );
  return {
    contentType: registry.contentType,
    render: () => {
      for (const each of [targets, placed, connected, run, epoch]) each.reset();
      const now = figures();
      leader.set(now.isLeader ? 1 : 0);
      unled.set(now.unled);
      for (const { name: partition, namespace, core, surroundings } of now.led) {
        const labels = { namespace, partition };
        const fleet = [...core.fleet.values()];
        const { addressOf } = surroundings();
        targets.set(labels, fleet.length);
        placed.set(labels, fleet.filter(({ target }) => addressOf(target) !== '').length);
        connected.set(labels, fleet.filter((each) => each.connected).length);
        run.set(labels, core.journal.run?.number ?? 0);
        epoch.set(labels, core.journal.epoch);
      }
      return registry.metrics();
    },
  };
}
