// A pod beside those of Baton, without rights and without a part in anything: what it may reach, anybody may.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { bundleImage } from '../../coordinator/pack/image.ts';
import { type Plan, toldSchema } from '../fuzz/neighbour/plan.ts';
import type { Site } from './site.ts';

const NAME = 'neighbour';

/** More than any server here takes from one address. */
const HELD_AT_ONCE = 300;

const repliesSchema = z.array(z.object({ status: z.int(), body: z.string() }));

export type Asked = {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Neighbour = {
  readonly address: string;
  /** Plain HTTP from there, one request after the other. */
  ask(...asked: readonly Asked[]): Promise<z.infer<typeof repliesSchema>>;
  /** Holds as many connections open as it gets at `host:port` for a while, and says nothing; resolves with how many it tried. */
  hold(places: readonly string[], seconds: number): Promise<number>;
  /** Fuzzes from there for the time of the plan. Throws with what it found. */
  fuzz(plan: Plan): Promise<z.infer<typeof toldSchema>>;
};

/** Starts it in the namespace of a site. */
export async function openNeighbour(site: Site): Promise<Neighbour> {
  await site.apply(await programs(), podObject(site));
  await site.kubectl('wait', '--for=condition=Ready', `pod/${NAME}`, '--timeout=60s');
  const node = (...words: readonly string[]) => site.kubectl('exec', NAME, '--', 'node', ...words);
  return {
    address: await site.kubectl('get', 'pod', NAME, '--output=jsonpath={.status.podIP}'),
    ask: async (...asked) => {
      const script = `(async () => {
        const replies = [];
        for (const { url, ...how } of ${JSON.stringify(asked)}) {
          const reply = await fetch(url, how);
          replies.push({ status: reply.status, body: await reply.text() });
        }
        console.log(JSON.stringify(replies));
      })()`;
      return repliesSchema.parse(JSON.parse(await node('--eval', script)));
    },
    hold: async (places, seconds) => {
      const script = `
        let tried = 0;
        const hold = (place) => {
          tried += 1;
          const [host, port] = place.split(':');
          const socket = require('node:net').connect({ host, port: Number(port) });
          socket.on('error', () => undefined);
          socket.on('close', () => setTimeout(hold, 20, place));
        };
        for (const place of ${JSON.stringify(places)})
          for (let each = 0; each < ${HELD_AT_ONCE}; each += 1) hold(place);
        setTimeout(() => { console.log(tried); process.exit(); }, ${seconds * 1_000});`;
      return Number(await node('--eval', script));
    },
    fuzz: async (plan) =>
      toldSchema.parse(JSON.parse(await node('/fuzz/neighbour.js', JSON.stringify(plan)))),
  };
}

/** What it runs, as a ConfigMap. */
async function programs(): Promise<object> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-neighbour-'));
  try {
    await bundleImage(folder, { neighbour: 'test/fuzz/neighbour/main.ts' });
    const names = readdirSync(folder).filter((name) => name.endsWith('.js') || name === 'package.json');
    const data = Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: NAME }, data };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function podObject(site: Site): object {
  const container = {
    ...{ name: NAME, image: site.image('node'), imagePullPolicy: 'IfNotPresent' },
    command: ['node', '--eval', 'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 60000)'],
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    volumeMounts: [{ name: 'fuzz', mountPath: '/fuzz' }],
  };
  const spec = {
    ...{ terminationGracePeriodSeconds: 2, automountServiceAccountToken: false },
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [container],
    volumes: [{ name: 'fuzz', configMap: { name: NAME } }],
  };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: NAME }, spec };
}
