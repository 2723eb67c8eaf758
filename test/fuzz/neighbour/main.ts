// A neighbour that means no good: `node neighbour.js '<JSON of Plan>'`, in a pod, against pods that run. It prints what
// came of it as one line of JSON; a finding ends it with code 1.

import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Dice, diceOf } from '../dice.ts';
import { mutateBytes, mutateText } from '../mutate.ts';
import { COORDINATOR, frameFrom, judge, SIDECAR, type Specimen } from '../specimens.ts';
import { openWire, type Wire } from '../wire.ts';
import type { Counts, Plan, Tally } from './plan.ts';

/** Cases under way at once, and how long one may take, in milliseconds. */
const LANES = 8;
const CASE_MS_MAX = 5_000;

/** A finding for each of so many is shown. */
const FINDINGS_MAX = 20;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');

/** The header of the hook never says what a kubelet says: that would be no fuzzing, but a stop. */
const REQUESTS = [
  ...['/livez', '/readyz', '/startupz', '/process/livez', '/process/readyz', '/metrics'].map(
    (path) => `GET ${path} HTTP/1.1\r\nHost: pod\r\nUser-Agent: kube-probe/1.36\r\n\r\n`,
  ),
  'GET /prestop HTTP/1.1\r\nHost: pod\r\nx-baton-prestop: no\r\n\r\n',
  'POST /prestop HTTP/1.1\r\nHost: pod\r\nContent-Length: 4\r\n\r\nwhat',
  'POST /metrics HTTP/1.1\r\nHost: pod\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwhat\r\n0\r\n\r\n',
];

const plan: Plan = JSON.parse(process.argv[2] ?? '{}');
const counts: Counts = {};
const findings: string[] = [];
const untilMs = performance.now() + plan.seconds * 1_000;

/** One thing to try, by its name in the tally. Resolves with how it ended. */
type Trial = readonly [name: string, run: (dice: Dice) => Promise<keyof Tally>];

const wires = [
  ...plan.grpc.map(({ address, kind }) => ({ kind, wire: openWire(address) })),
  // With a token that may look and no more, deeper than the door.
  ...plan.grpc.flatMap(({ address, kind }) =>
    kind === 'coordinator'
      ? [{ kind, wire: openWire(address, { authorization: `Bearer ${plan.token}` }) }]
      : [],
  ),
];

const TRIALS: readonly Trial[] = [
  ...wires.map(({ kind, wire }): Trial => [kind, (dice) => frame(dice, wire, kind)]),
  ...plan.grpc.map(({ address, kind }): Trial => [`${kind}, bytes`, (dice) => bytes(dice, address, PREFACE)]),
  ...plan.grpc.map(({ address, kind }): Trial => [`${kind}, TLS`, (dice) => overTls(dice, address)]),
  ...plan.http.map((address): Trial => ['http', (dice) => request(dice, address)]),
];

await Promise.all(Array.from({ length: LANES }, (_, lane) => drive(lane)));
process.stdout.write(`${JSON.stringify({ counts, findings })}\n`);
process.exit(findings.length === 0 ? 0 : 1);

async function drive(lane: number): Promise<void> {
  for (let number = lane; performance.now() < untilMs; number += LANES) {
    const dice = diceOf(plan.first + number);
    const [name, run] = dice.pick(TRIALS);
    counts[name] ??= { answered: 0, refused: 0, ended: 0, late: 0 };
    const tally = counts[name];
    try {
      tally[await Promise.race([run(dice), late()])] += 1;
    } catch (error) {
      if (findings.length < FINDINGS_MAX)
        findings.push(`case ${plan.first + number} (${name}): ${String(error)}`);
    }
  }
}

/** Some cases hold a connection open and wait: it is ended by whoever is tired first. */
async function late(): Promise<keyof Tally> {
  const { promise, resolve } = Promise.withResolvers<keyof Tally>();
  setTimeout(() => resolve('late'), CASE_MS_MAX).unref();
  return promise;
}

async function frame(dice: Dice, wire: Wire, kind: 'sidecar' | 'coordinator'): Promise<keyof Tally> {
  const specimen: Specimen = dice.pick(kind === 'sidecar' ? SIDECAR : COORDINATOR);
  const { body, isUnreadable } = frameFrom(dice, specimen);
  const ended = await wire.call(specimen.path, body, specimen.isWatch === true);
  // Where the server speaks TLS nothing else can come of it.
  if (ended.kind === 'reset') return 'ended';
  return judge(ended, isUnreadable) === 'accepted' ? 'answered' : 'refused';
}

async function bytes(dice: Dice, address: string, specimen: Buffer): Promise<keyof Tally> {
  const sent = dice.chance(0.2) ? Buffer.from(noise(dice)) : mutateBytes(dice, specimen);
  return said(connectTcp(placeOf(address)), sent, dice.chance(0.7));
}

async function request(dice: Dice, address: string): Promise<keyof Tally> {
  if (dice.chance(0.1)) return bytes(dice, address, Buffer.from(dice.pick(REQUESTS)));
  const text = dice.chance(0.3) ? dice.pick(REQUESTS) : mutateText(dice, dice.pick(REQUESTS));
  return said(connectTcp(placeOf(address)), Buffer.from(text), dice.chance(0.8));
}

async function overTls(dice: Dice, address: string): Promise<keyof Tally> {
  const socket = connectTls({ ...placeOf(address), rejectUnauthorized: false, ALPNProtocols: ['h2'] });
  return said(socket, mutateBytes(dice, PREFACE), dice.chance(0.7));
}

/** Says it, and hears whether there is an answer before the other side, or we, hang up. */
async function said(socket: Socket, words: Buffer, goesAtOnce: boolean): Promise<keyof Tally> {
  const { promise, resolve } = Promise.withResolvers<keyof Tally>();
  socket.setTimeout(CASE_MS_MAX, () => socket.destroy());
  socket.on('error', () => undefined);
  socket.on('data', () => resolve('answered'));
  socket.on('close', () => resolve('ended'));
  socket.write(words);
  if (goesAtOnce) socket.end();
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function noise(dice: Dice): number[] {
  return Array.from({ length: dice.below(4_096) }, () => dice.below(256));
}

function placeOf(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
