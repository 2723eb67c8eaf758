import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connect } from '../../coordinator/cli/client.ts';
import { getPartition } from '../../coordinator/cli/submit.ts';
import { startPartition, type UpPartition } from '../../coordinator/up/partition.ts';
import { condition } from '../sidecar/condition.ts';
import { isAlive, openSite, type Site, until } from './site.ts';

const NAMES = ['readout-0', 'readout-1', 'writer-0'];

/** How long the fake coordinator may take to answer, in milliseconds. */
const SEEN_MS_MAX = 20_000;

/** Starts the partition of a site and waits until all is attached. */
async function started(site: Site): Promise<UpPartition> {
  const partition = await startPartition(site.options);
  await partition.ready;
  return partition;
}

function pidsOf(partition: UpPartition): readonly number[] {
  return [
    partition.coordinatorPid(),
    ...partition.pods.flatMap((pod) => [pod.processPid, pod.sidecarPid]),
  ].filter((pid) => pid !== 0);
}

test('up and down in the order of a kubelet', async () => {
  using site = openSite();
  const partition = await started(site);
  const { directory } = site.options;
  const pids = pidsOf(partition);
  expect(pids).toHaveLength(7);
  expect(readFileSync(join(directory, 'address'), 'utf8')).toBe(`${partition.address}\n`);
  const places = JSON.parse(readFileSync(join(directory, 'targets.json'), 'utf8'));
  expect(Object.keys(places).sort()).toEqual(NAMES);
  expect(places['readout-1'].podUid).toBe(partition.pods[1]?.podUid);

  expect(await partition.stop()).toEqual([]);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(join(directory, 'address'))).toBe(false);
  expect(existsSync(join(directory, 'pods'))).toBe(false);
  const noted = site.noted();
  expect(noted[0]).toBe('coordinator began');
  expect(noted.at(-1)).toBe('coordinator SIGTERM');
  for (const name of NAMES) {
    const own = noted.filter((line) => line.includes(name)).map(kindOf);
    // The word to the coordinator and the sidecar's own beginning are on their way at the same time.
    expect(own.slice(0, 2).toSorted()).toEqual([
      `coordinator hears ${name} RUNNING`,
      `${name} sidecar began`,
    ]);
    expect(own.slice(2)).toEqual([
      `${name} process began`,
      `coordinator hears ${name} DELETING`,
      `${name} preStop 1`,
      `${name} process SIGTERM`,
      `${name} sidecar SIGTERM`,
      `coordinator hears ${name} ENDED`,
    ]);
  }
  // Every pod is told to leave before the first hook is called, as StatefulSets that are deleted at once.
  const firstHook = noted.findIndex((line) => line.includes('preStop'));
  expect(noted.slice(0, firstHook).filter((line) => line.includes('DELETING'))).toHaveLength(3);
});

test('it is up once the coordinator sees all targets, not when the probes have passed', async () => {
  using site = openSite();
  site.behave({ 'writer-0': { isUnseen: true } });
  await using partition = await startPartition(site.options);
  let isReady = false;
  const ready = partition.ready.then(() => {
    isReady = true;
  });
  await Promise.all(partition.pods.map((pod) => pod.attached));
  using connection = connect(partition.address, SEEN_MS_MAX);
  const others = async () => (await getPartition(connection)).partition.targets.length === 2;
  await condition('the coordinator sees the others', others);
  expect(isReady).toBe(false);
  site.behave({});
  await ready;
});

test('a partition that is stopped before it was up never is', async () => {
  using site = openSite();
  site.behave({ 'writer-0': { isUnseen: true } });
  const partition = await startPartition(site.options);
  await partition.stop();
  await expect(partition.ready).rejects.toMatchObject({ code: 'STOPPING' });
});

describe('while it runs', () => {
  // One partition for all: each of these leaves it whole, and strikes another target.
  const site = openSite();
  let partition: UpPartition;
  const podOf = (target: string) => partition.pods.find((pod) => pod.target === target);

  beforeAll(async () => {
    partition = await started(site);
  });

  afterAll(async () => {
    await partition.stop();
    site[Symbol.dispose]();
  });

  test('a process that dies is started again at once, in the same pod', async () => {
    const pod = podOf('readout-0');
    const before = pod?.processPid ?? 0;
    const sidecar = pod?.sidecarPid;
    process.kill(before, 'SIGKILL');
    await until(() => ![0, before].includes(pod?.processPid ?? 0) && pod?.isAttached === true);
    expect(pod?.sidecarPid).toBe(sidecar);
    expect(site.told).toContainEqual(
      expect.stringMatching(/^readout-0 was ended by SIGKILL; it is started again \(.*readout-0\.log\)$/),
    );
    const heard = `coordinator hears readout-0 RUNNING ${pod?.podUid} (the process was ended by SIGKILL)`;
    await until(() => site.noted().includes(heard));
  });

  test('a sidecar that dies comes back as the same pod, beside the same process', async () => {
    const pod = podOf('readout-1');
    const before = { process: pod?.processPid, sidecar: pod?.sidecarPid ?? 0 };
    process.kill(before.sidecar, 'SIGKILL');
    await until(() => site.noted().filter((line) => line.startsWith('readout-1 sidecar began')).length === 2);
    const births = site.noted().filter((line) => line.startsWith('readout-1 sidecar began'));
    expect(new Set(births).size).toBe(1);
    expect(pod?.processPid).toBe(before.process);
  });

  test('a sidecar that hangs is started again, and nothing is held against the process beside it', async () => {
    const pod = podOf('writer-0');
    const before = { process: pod?.processPid, sidecar: pod?.sidecarPid ?? 0 };
    process.kill(before.sidecar, 'SIGSTOP');
    await until(() => site.noted().filter((line) => line.startsWith('writer-0 sidecar began')).length === 2);
    expect(site.told.join()).toContain('the sidecar of writer-0 does not answer');
    await until(() => pod?.isAttached === true);
    expect(pod?.processPid).toBe(before.process);
    expect(site.told.join()).not.toContain('writer-0 is not alive');
  });

  test('a process that is not alive is stopped by its hook and started again', async () => {
    const pod = podOf('readout-1');
    const before = { pid: pod?.processPid ?? 0, noted: site.noted().length };
    site.behave({ 'readout-1': { isLive: false } });
    await until(() => site.told.some((words) => words.startsWith('readout-1 is not alive')));
    site.behave({});
    await until(() => pod?.processPid !== before.pid && pod?.isAttached === true);
    const since = site.noted().slice(before.noted);
    expect(since.filter((line) => line.startsWith('readout-1')).map(kindOf)).toEqual([
      'readout-1 preStop 1',
      'readout-1 process SIGTERM',
      'readout-1 process began',
    ]);
  });

  test('a coordinator that dies comes back at its address and hears of all pods again', async () => {
    const before = site.noted().length;
    process.kill(partition.coordinatorPid(), 'SIGKILL');
    const heard = (name: string) =>
      site.noted().findLastIndex((line) => line.startsWith(`coordinator hears ${name}`)) >= before;
    await until(() => NAMES.every(heard));
    expect(site.noted().slice(before)).toContain('coordinator began');
    expect(site.told.join('\n')).toContain('the coordinator was ended by SIGKILL');
  });
});

test('ends that were not clean are named: a hook that hangs, a process that is deaf, the own word', async () => {
  using site = openSite('1s');
  const partition = await started(site);
  site.behave({
    'readout-0': { preStop: 'hang' },
    'readout-1': { isDeaf: true },
    'writer-0': { preStop: 'not clean: stop failed' },
  });
  const pids = pidsOf(partition);
  const unclean = await partition.stop();
  expect(unclean).toEqual([
    { target: 'readout-0', why: expect.stringContaining('its preStop hook was not answered') },
    { target: 'readout-1', why: 'its process had to be killed' },
    { target: 'writer-0', why: 'not clean: stop failed' },
  ]);
  expect(pids.filter(isAlive)).toEqual([]);
  // For whoever wants to know why.
  expect(existsSync(join(site.options.directory, 'pods', 'readout-0', 'sidecar.json'))).toBe(true);
});

test('kill ends everything at once and names what was running', async () => {
  using site = openSite();
  const partition = await started(site);
  const pids = pidsOf(partition);
  const killed = partition.kill();
  expect(killed).toEqual([...NAMES.flatMap((name) => [name, `${name} sidecar`]), 'coordinator']);
  await until(() => pids.filter(isAlive).length === 0);
  expect(site.noted().join()).not.toContain('SIGTERM');
  expect(await partition.stop()).toEqual(NAMES.map((target) => ({ target, why: 'it was killed' })));
});

test('a hook that is cut off by the death of its sidecar is called again', async () => {
  using site = openSite();
  const partition = await started(site);
  const [pod] = partition.pods;
  const hooks = () => site.noted().filter((line) => line.startsWith('readout-0 preStop'));
  site.behave({ 'readout-0': { preStop: 'hang' } });
  const stopping = partition.stop();
  await until(() => hooks().length === 1);
  site.behave({});
  process.kill(pod?.sidecarPid ?? 0, 'SIGKILL');
  expect(await stopping).toEqual([]);
  expect(hooks().length).toBeGreaterThan(1);
});

test('what a process started and left behind ends with it', async () => {
  using site = openSite();
  site.behave({ 'readout-0': { isParent: true } });
  await using partition = await started(site);
  const [pod] = partition.pods;
  await until(() => site.noted().some((line) => line.startsWith('readout-0 child')));
  const child = Number(
    site
      .noted()
      .find((line) => line.startsWith('readout-0 child'))
      ?.split(' ')[2],
  );
  process.kill(pod?.processPid ?? 0, 'SIGKILL');
  await until(() => !isAlive(child));
});

test('the next up confirms that the pods of the one before have ended', async () => {
  using site = openSite();
  const first = await started(site);
  first.kill();
  await first.stop();
  await using second = await started(site);
  const told = (podUid = '') => site.noted().findIndex((line) => line.includes(podUid));
  for (const [at, { target, podUid }] of first.pods.entries()) {
    const ended = `coordinator hears ${target} ENDED ${podUid} (it ended with an earlier baton up)`;
    const where = site.noted().indexOf(ended);
    expect(where).toBeGreaterThan(0);
    expect(where).toBeLessThan(told(second.pods[at]?.podUid));
  }
});

test('a second up on the same directory is refused and names the first', async () => {
  using site = openSite();
  await using _first = await started(site);
  await expect(startPartition(site.options)).rejects.toMatchObject({
    code: 'BUSY',
    message: expect.stringContaining(`as process ${process.pid}`),
  });
});

test('a document with faults starts nothing', async () => {
  using site = openSite();
  writeFileSync(site.options.document, 'kind: Partition\nspec: {machine: dnue}\n');
  await expect(startPartition(site.options)).rejects.toMatchObject({ code: 'MALFORMED' });
  expect(existsSync(site.options.directory)).toBe(false);
});

test('a coordinator that cannot begin ends the start with its last words', async () => {
  using site = openSite();
  site.breakCoordinator();
  await expect(startPartition(site.options)).rejects.toMatchObject({
    code: 'STORAGE',
    message: 'the coordinator ended with exit code 74: the journal is damaged',
  });
  expect(site.noted()).toEqual([]);
  // The directory is free again.
  await expect(startPartition(site.options)).rejects.toMatchObject({ code: 'STORAGE' });
});

test('children do not outlive an up that was killed', async () => {
  using site = openSite();
  const script = join(site.directory, 'up.ts');
  const module = join(import.meta.dirname, '../../coordinator/up/partition.ts');
  const { tell: _tell, ...options } = site.options;
  writeFileSync(
    script,
    `import { startPartition } from ${JSON.stringify(module)};
     const partition = await startPartition(${JSON.stringify(options)});
     await partition.ready;
     console.log('up');`,
  );
  const up = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => {
    up.kill('SIGKILL');
  });
  let said = '';
  up.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until(() => said.includes('up'));
  const { started: children } = JSON.parse(
    readFileSync(join(site.options.directory, 'started.json'), 'utf8'),
  ) as { started: { pid: number }[] };
  expect(children).toHaveLength(7);
  up.kill('SIGKILL');
  await until(() => children.every(({ pid }) => !isAlive(pid)));
});

/** The line without what differs from time to time: ids and pids. */
function kindOf(line: string): string {
  return line.replace(/ (\d{3,}|[0-9a-f-]{36})$/, '');
}
