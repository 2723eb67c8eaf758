// One pod with the sidecar's image under a real kubelet: start, memory, probes, restarts, and its end without a
// coordinator.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endIn, HOOK_ANSWERED, hooksIn } from '../../e2e/fromLogs.ts';
import type { Entry } from '../../e2e/logs.ts';
import { cleanEnd } from '../../promises/targets.ts';
import { condition } from '../../sidecar/condition.ts';
import { LONE_HELLO, LONE_MACHINE, type LonePods, openLonePods, take } from '../lone.ts';
import { killContainer, pauseContainer, pidOf } from '../trouble.ts';

/** Of the issue: memory of a sidecar in its pod, in MB. */
const RSS_MB_MAX = 80;

/** Of the issue 1 s, for a machine that others do not use; here it is told what it was. */
const LISTENS_MS_MAX = 10_000;

/** From the deletion on: its grace is 60 s, and a stop of the writer alone takes no time. */
const GONE_MS_MAX = 30_000;

let pods: LonePods;

beforeAll(async () => {
  pods = await openLonePods('pod');
});

afterAll(async () => pods?.[Symbol.asyncDispose]());

test('trap-12: it starts within its limits, and its probes tell the machine', async () => {
  await pods.start('first');
  const pid = await pidOf(pods.site, { pod: 'first', container: 'baton' });
  const said = pods.logs.entries({ pod: 'first', container: 'baton' });
  const listens = said.find(({ words }) => words === 'sidecar listens');
  const startMs = Math.round((listens?.atMs ?? Number.POSITIVE_INFINITY) - bornMs(pid));
  const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  process.stdout.write(`sidecar: listens after ${startMs} ms, ${rssMb.toFixed(1)} MB\n`);
  expect(rssMb).toBeLessThan(RSS_MB_MAX);
  expect(startMs).toBeLessThan(LISTENS_MS_MAX);
  await condition('initial counts as ready', () => pods.isReady('first'));
  const goOn = await pauseContainer(pods.site, { pod: 'first', container: 'writer' });
  await condition('a process that says nothing is not ready', async () => !(await pods.isReady('first')));
  goOn();
  await condition('it is ready again', () => pods.isReady('first'));
  using coordinator = await pods.commanded('first', 1);
  await take(coordinator, 1, ['conf']);
});

test('trap-6: a sidecar that is killed in a run goes on where it was, beside the same process', async () => {
  const before = await pods.run('first', 2);
  await killContainer(pods.site, { pod: 'first', container: 'baton' });
  await condition('it answers again', () => pods.isAttached('first', 1));
  using coordinator = await pods.commanded('first', 3);
  expect(await coordinator.incarnation()).toBe(before);
  expect(coordinator.state).toMatchObject({ state: 'running', inError: false });
});

test('trap-5: a process that is killed is another incarnation, from the beginning', async () => {
  using coordinator = await pods.commanded('first', 4);
  const before = await coordinator.incarnation();
  await killContainer(pods.site, { pod: 'first', container: 'writer' });
  await coordinator.until('another life', () => {
    const { state } = coordinator;
    return state?.attached === true && state.incarnation !== before;
  });
  expect(coordinator.state).toMatchObject({ state: 'initial', inError: false });
});

test('P15: a deleted pod stops by itself when nobody leads it, and cleanly', async () => {
  await pods.run('first', 5);
  const said = await deleted('first', []);
  expect(steps(said.writer)).toEqual(['disable_triggers', 'drain_dataflow', 'stop_trigger_sources', 'stop']);
  judge(said);
  expect(said.tookMs).toBeLessThan(GONE_MS_MAX);
});

test('seen-1.1: P15: a pod deleted by force stops in the second that it has, or says that it did not', async () => {
  await pods.start('second');
  await pods.run('second', 1);
  const said = await deleted('second', ['--force', '--grace-period=0']);
  expect(said.answer).toBeDefined();
  judge(said);
});

type Said = {
  readonly writer: readonly Entry[];
  /** How the hook was answered; undefined when the sidecar was killed before. */
  readonly answer: { readonly clean: boolean; readonly sentence: string } | undefined;
  readonly tookMs: number;
};

/** Each step of the stop path once, and never "stopped" without the process's own word. */
function judge({ writer, answer }: Said): void {
  const oracle = cleanEnd();
  const context = { machine: LONE_MACHINE, journalId: LONE_HELLO.journalId, waveOf: () => 0 };
  for (const { event } of hooksIn('writer-0', writer, context)) oracle(event);
  for (const event of endIn(
    writer,
    answer?.clean === true ? '' : (answer?.sentence ?? 'killed'),
    LONE_MACHINE,
  ))
    oracle(event);
}

/** Deletes the pod, and waits until both containers have ended: with force it is not there any more long before. */
async function deleted(pod: string, words: readonly string[]): Promise<Said> {
  const log = (container: string) => pods.logs.entries({ pod, container });
  const begunMs = performance.now();
  await pods.site.kubectl('delete', 'pod', pod, '--wait=true', ...words);
  await condition('its containers have ended', () => {
    return ['writer', 'baton'].every((container) => log(container).at(-1)?.kind === 'ended');
  });
  const tookMs = performance.now() - begunMs;
  const [writer, baton] = [log('writer'), log('baton')];
  const fields = baton.findLast((entry) => entry.words === HOOK_ANSWERED)?.fields;
  const answer = fields && { clean: fields['clean'] === true, sentence: String(fields['sentence']) };
  process.stdout.write(
    `${pod} was deleted: ${JSON.stringify(answer)}, gone after ${Math.round(tookMs)} ms\n`,
  );
  return { writer, answer, tookMs };
}

/** The steps by which it came down, as the process tells. */
function steps(log: readonly Entry[]): readonly string[] {
  const ended = log.filter(
    ({ words, fields }) => words === 'a transition ended' && fields['outcome'] === 'executed',
  );
  const names = ended.map(({ fields }) => String(fields['transition']));
  return names.slice(names.lastIndexOf('enable_triggers') + 1);
}

/** When a process of this machine began, in milliseconds since 1970, to the hundredth of a second. */
function bornMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  const bootS = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1_000;
  // btime has whole seconds only; the uptime tells the rest.
  const bootMs = Date.now() - uptimeMs;
  return Math.abs(bootMs - bootS * 1_000) > 5_000 ? bootS * 1_000 + ticks * 10 : bootMs + ticks * 10;
}
