import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startPartition, type UpPartition } from '../../coordinator/up/partition.ts';
import { isAlive, openSite, type Site, until } from './site.ts';

const NAMES = ['readout-0', 'readout-1', 'writer-0'];

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

test('a process that dies is started again at once, in the same pod', async () => {
  using site = openSite();
  await using partition = await started(site);
  const [pod] = partition.pods;
  const before = pod?.processPid ?? 0;
  const sidecar = pod?.sidecarPid;
  process.kill(before, 'SIGKILL');
  await until(() => ![0, before].includes(pod?.processPid ?? 0) && pod?.isAttached === true);
  expect(pod?.sidecarPid).toBe(sidecar);
  expect(site.told).toContainEqual(
    expect.stringMatching(/^readout-0 was ended by SIGKILL; it is started again \(.*readout-0\.log\)$/),
  );
  const heard = 'coordinator hears readout-0 RUNNING 36 (the process was ended by SIGKILL)';
  await until(() => site.noted().includes(heard));
});

test('a sidecar that dies comes back as the same pod, beside the same process', async () => {
  using site = openSite();
  await using partition = await started(site);
  const [pod] = partition.pods;
  const before = { process: pod?.processPid, sidecar: pod?.sidecarPid ?? 0 };
  process.kill(before.sidecar, 'SIGKILL');
  await until(() => site.noted().filter((line) => line.startsWith('readout-0 sidecar began')).length === 2);
  const births = site.noted().filter((line) => line.startsWith('readout-0 sidecar began'));
  expect(new Set(births).size).toBe(1);
  expect(pod?.processPid).toBe(before.process);
});

test('a sidecar that hangs is started again, and nothing is held against the process beside it', async () => {
  using site = openSite();
  await using partition = await started(site);
  const [pod] = partition.pods;
  const before = { process: pod?.processPid, sidecar: pod?.sidecarPid ?? 0 };
  process.kill(before.sidecar, 'SIGSTOP');
  await until(() => site.noted().filter((line) => line.startsWith('readout-0 sidecar began')).length === 2);
  expect(site.told.join()).toContain('the sidecar of readout-0 does not answer');
  await until(() => pod?.isAttached === true);
  expect(pod?.processPid).toBe(before.process);
  expect(site.told.join()).not.toContain('readout-0 is not alive');
});

test('a process that is not alive is stopped by its hook and started again', async () => {
  using site = openSite();
  await using partition = await started(site);
  const [pod] = partition.pods;
  const before = pod?.processPid ?? 0;
  site.behave({ 'readout-0': { isLive: false } });
  await until(() => site.told.some((words) => words.startsWith('readout-0 is not alive')));
  site.behave({});
  await until(() => pod?.processPid !== before && pod?.isAttached === true);
  const own = site
    .noted()
    .filter((line) => line.startsWith('readout-0'))
    .map(kindOf);
  expect(own.slice(1)).toEqual([
    'readout-0 process began',
    'readout-0 preStop 1',
    'readout-0 process SIGTERM',
    'readout-0 process began',
  ]);
});

test('a coordinator that dies comes back at its address and hears of all pods again', async () => {
  using site = openSite();
  await using partition = await started(site);
  process.kill(partition.coordinatorPid(), 'SIGKILL');
  const heard = (name: string) => site.noted().filter((line) => line.startsWith(`coordinator hears ${name}`));
  await until(() => NAMES.every((name) => heard(name).length === 2));
  expect(site.noted().filter((line) => line === 'coordinator began')).toHaveLength(2);
  expect(site.told.join('\n')).toContain('the coordinator was ended by SIGKILL');
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
  return line.replace(/ (36|\d{3,}|[0-9a-f-]{36})$/, '');
}
