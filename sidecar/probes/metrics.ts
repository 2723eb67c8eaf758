// The few figures that matter, for Prometheus.

import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { REFUSED_FOR, type Refused } from '../../protos/credentials/refused.ts';
import { CONTRACT_VERSION } from '../../protos/load.ts';
import { findTransition, RECOVER } from '../../protos/machine/table.ts';
import type { Clock } from '../clock.ts';
import type { Notice } from '../notice.ts';
import type { Present } from '../running.ts';
import { PRE_STOP_FAULTS } from './server.ts';

/** Upper bounds of the histogram, in seconds: from a no-op to the longest usual configure. */
const DURATION_BUCKETS_S = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export type MetricsOptions = {
  readonly present: () => Present;
  readonly clock: Clock;
  readonly version: string;
  /** Seconds until the sidecar's certificate ends; undefined: it has none. */
  readonly certificateSeconds?: (() => number) | undefined;
};

export type Metrics = {
  readonly contentType: string;
  /** Counts what happened. */
  note(notice: Notice): void;
  /** Counts a peer that gRPC has turned away. */
  refused(refused: Refused): void;
  /** The figures as text. */
  render(): Promise<string>;
};

/** Figures of one sidecar, in a registry of their own. */
export function createMetrics({ present, clock, version, certificateSeconds }: MetricsOptions): Metrics {
  const registry = new Registry();
  if (certificateSeconds !== undefined) addCertificateGauge(registry, certificateSeconds);
  const refreshGauges = gauges(registry, version);
  const hooks = new Histogram({
    name: 'baton_transition_duration_seconds',
    help: 'Duration of transitions of the process by outcome; its count is the number of transitions.',
    labelNames: ['transition', 'outcome'],
    buckets: DURATION_BUCKETS_S,
    registers: [registry],
  });
  const refusals = new Counter({
    name: 'baton_refusals_total',
    help: 'Requests that were refused, by code.',
    labelNames: ['code'],
    registers: [registry],
  });
  const preStops = refusedPreStops(registry);
  const peers = new Counter({
    name: 'baton_peers_refused_total',
    help: 'Peers that gRPC has turned away, by what they lacked: a handshake, a certificate, the right name, room.',
    labelNames: ['reason'],
    registers: [registry],
  });
  if (certificateSeconds !== undefined) for (const reason of REFUSED_FOR) peers.inc({ reason }, 0);
  let begunMs = clock.nowMs();
  return {
    contentType: registry.contentType,
    note: (notice) => {
      if (notice.type === 'hookBegan') begunMs = clock.nowMs();
      else if (notice.type === 'refused') refusals.inc({ code: notice.code });
      else if (notice.type === 'preStopRefused') preStops.inc({ why: notice.why });
      else {
        const labels = { transition: known(present(), notice.transition), outcome: notice.outcome };
        hooks.observe(labels, (clock.nowMs() - begunMs) / 1_000);
      }
    },
    refused: ({ reason }) => peers.inc({ reason }),
    render: () => {
      refreshGauges(present());
      return registry.metrics();
    },
  };
}

function addCertificateGauge(registry: Registry, seconds: () => number): void {
  const gauge: Gauge = new Gauge({
    name: 'baton_certificate_expires_in_seconds',
    help: "Seconds until the sidecar's certificate, or an authority that it comes from, ends; negative afterwards.",
    registers: [registry],
    collect: () => gauge.set(seconds()),
  });
}

function refusedPreStops(registry: Registry): Counter<'why'> {
  const counter = new Counter({
    name: 'baton_prestop_refused_total',
    help: 'Calls of /prestop that no kubelet makes, by what was wrong with them.',
    labelNames: ['why'],
    registers: [registry],
  });
  // An alert looks for what grows: it must be there before the first.
  for (const why of PRE_STOP_FAULTS) counter.inc({ why }, 0);
  return counter;
}

/** A name from outside must not make a new time series each time. */
function known({ settings }: Present, transition: string): string {
  const { machine } = settings.compiled;
  return transition === RECOVER || findTransition(machine, transition) !== undefined ? transition : 'other';
}

function gauges(registry: Registry, version: string): (present: Present) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const info = gauge('baton_build_info', 'Always 1; the labels tell the build.', ['version', 'contract']);
  const target = gauge('baton_target_info', 'Always 1; the labels tell whose figures these are.', [
    'partition',
    'target',
    'machine',
  ]);
  const state = gauge('baton_state', '1 for the state the process is in, 0 for all others.', ['state']);
  const number = gauge('baton_state_number', 'Grows by one with each change of the state.');
  const attached = gauge('baton_process_attached', '1 while a process is attached.');
  const inError = gauge('baton_in_error', '1 while the process is in error or in an unknown state.');
  const running = gauge('baton_transition_running', '1 while a transition of the process runs.');
  const restarts = gauge('baton_process_restarts', 'How often the container was restarted, as last told.');
  info.set({ version, contract: String(CONTRACT_VERSION) }, 1);
  return ({ view, settings, pod }) => {
    const { machine } = settings.compiled;
    target.set({ partition: settings.partition, target: settings.target, machine: machine.name }, 1);
    // Before the first process has attached no state is true of anything.
    const present = view.incarnation === '' ? '' : view.state;
    for (const { name } of machine.states) state.set({ state: name }, name === present ? 1 : 0);
    number.set(view.stateNumber);
    attached.set(view.attached ? 1 : 0);
    inError.set(view.inError || view.state === '' ? 1 : 0);
    restarts.set(pod.restarts);
    running.set(view.doing === undefined ? 0 : 1);
  };
}
