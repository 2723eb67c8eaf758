// The charts on a site, installed by helm with the images of this checkout.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { definitionOf, KINDS } from '../../charts/generate/resources.ts';
import { CALLER_ROLE_OBJECTS } from '../../charts/generate/roles.ts';
import { API_GROUP, AUDIENCE } from '../../coordinator/cluster/names.ts';
import type { Values } from './charts/helm.ts';
import { type Changes, minidaq } from './charts/minidaq.ts';
import type { ImageName } from './projectImages.ts';
import type { Site } from './site.ts';

/** Release of the coordinator; its Service, Deployment and ServiceAccount have the same name. */
export const BATON = 'baton';

/** Less than the chart's own: nine sidecars have to find room on two nodes that are one machine of two cores. */
const SIDECAR_RESOURCES = { cpu: '200m', memory: '96Mi' };

/** For images that are there already, in seconds. */
const READY_SECONDS = 180;

/** What is installed: charts, and the images that belong to them. */
export type Release = {
  /** Folder of the charts. */
  readonly charts: string;
  /** What pods name the image. */
  readonly image: (name: ImageName) => string;
};

/** This checkout. */
export function presentRelease({ image }: Pick<Site, 'image'>): Release {
  return { charts: 'charts', image };
}

/** Installs Partition, Journal and Run, and the roles of those who call; resolves once they can be used. */
export async function installKinds(site: Site): Promise<void> {
  // They are the whole cluster's: no release of one test may own them, and whoever was here before need not agree.
  const items = [...KINDS.map(definitionOf), ...CALLER_ROLE_OBJECTS];
  await withFile(JSON.stringify({ apiVersion: 'v1', kind: 'List', items }), (file) =>
    site.kubectl('apply', '--server-side', '--force-conflicts', '--filename', file),
  );
  const names = KINDS.map(({ plural }) => `customresourcedefinition/${plural}.${API_GROUP}`);
  await site.kubectl('wait', '--for=condition=Established', ...names);
}

/** Installs, or upgrades, the kinds and the coordinator, with these values of charts/baton; resolves once all replicas are Ready. */
export async function installBaton(
  site: Site,
  values: Values = {},
  release: Release = presentRelease(site),
): Promise<void> {
  await installKinds(site);
  await install(site, BATON, join(release.charts, 'baton'), {
    image: imageOf(release.image('coordinator')),
    crds: { install: false },
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    partition: { sidecar: { image: imageOf(release.image('sidecar')), resources: SIDECAR_RESOURCES } },
    ...values,
  });
  await untilRolled(site);
}

/** Resolves once all replicas of the coordinator are those of the release that was installed last. */
export async function untilRolled(site: Site): Promise<void> {
  await site.kubectl('rollout', 'status', `deployment/${BATON}`, `--timeout=${READY_SECONDS}s`);
}

/** Longer than any test, for a token that is not renewed. */
const TOKEN_DURATION = '6h';

/** A token of the release's account for that role, with which its coordinator may be called. */
export async function tokenOf(site: Site, role: 'viewer' | 'operator' | 'admin'): Promise<string> {
  const words = [`--audience=${AUDIENCE}`, `--duration=${TOKEN_DURATION}`];
  return (await site.kubectl('create', 'token', `${BATON}-${role}`, ...words)).trim();
}

export type MinidaqOptions = {
  /** More of the Partition's spec. */
  readonly spec?: Values;
  /** More of its segments, by name. */
  readonly segments?: Changes;
  /** More of the other values of the library chart, e.g. `pods`. */
  readonly partition?: Values;
  /** More of the chart's own values. */
  readonly values?: Values;
  /** Without it this checkout. */
  readonly release?: Release | undefined;
};

/** Installs, or upgrades, the miniature DAQ as partition `name` over the claim `data`, a volume of the site. Waits for nothing. */
export async function installMinidaq(site: Site, name: string, options: MinidaqOptions = {}): Promise<void> {
  const { spec, segments, partition, values, release = presentRelease(site) } = options;
  const sidecar = { image: imageOf(release.image('sidecar')), resources: SIDECAR_RESOURCES };
  await install(site, name, join(release.charts, 'minidaq'), {
    image: imageOf(release.image('daq')),
    data: { existingClaim: 'data' },
    ...minidaq(spec, segments, { sidecar, ...partition }),
    ...values,
  });
}

function install(site: Site, release: string, chart: string, values: Values): Promise<string> {
  return withFile(JSON.stringify(values), (file) =>
    site.helm('upgrade', '--install', release, chart, '--values', file),
  );
}

/** Does something with a file that has this text. */
async function withFile<T>(text: string, act: (file: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-install-'));
  try {
    const file = join(folder, 'text.json');
    writeFileSync(file, text);
    return await act(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A reference as the values of a chart have it. */
function imageOf(reference: string): Values {
  const at = reference.lastIndexOf(':');
  return { repository: reference.slice(0, at), tag: reference.slice(at + 1) };
}
