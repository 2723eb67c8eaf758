import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { DEFAULT_ADDRESS, findCoordinator } from '../../coordinator/cli/address.ts';
import { CONTEXTS_MAX } from '../../coordinator/cli/contexts/contexts.ts';
import { contextsFile } from '../../coordinator/cli/contexts/file.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { startFake } from './fakeCoordinator.ts';
import { fakeWorld, run } from './fakeWorld.ts';

const TEXT = `# the experiment
current: np02
contexts:
  - name: np02
    address: 127.0.0.1:4 # in the barrack
  - { name: lab, address: "127.0.0.1:5" }
`;

/** A folder with a contexts file, and a world that finds it. */
function place(text: string | null = TEXT) {
  const directory = temporaryDirectory();
  const file = directory.file('contexts.yaml');
  if (text !== null) writeFileSync(file, text);
  const world = () => fakeWorld('', { environment: { BATON_CONTEXTS: file } });
  return { directory, file, world, [Symbol.dispose]: () => directory[Symbol.dispose]() };
}

test('each source of the address yields to those before it', async () => {
  using at = place();
  const { path, file } = at.directory;
  mkdirSync(file('.baton'));
  writeFileSync(file('.baton/address'), '127.0.0.1:3\n');
  const flags = { address: '127.0.0.1:1', context: 'np02' };
  const environment = { BATON_ADDRESS: '127.0.0.1:2', BATON_CONTEXT: 'lab', BATON_CONTEXTS: at.file };
  const { BATON_ADDRESS: _address, ...named } = environment;
  const { BATON_CONTEXT: _context, ...alone } = named;
  const find = (sources: Partial<Parameters<typeof findCoordinator>[0]>) =>
    findCoordinator({ flags: {}, environment: alone, directory: path, ...sources });
  expect(await find({ flags, environment })).toEqual({ address: '127.0.0.1:1', source: '--address' });
  expect(await find({ flags: { context: 'np02' }, environment })).toEqual({
    address: '127.0.0.1:4',
    source: 'context np02',
  });
  expect(await find({ environment })).toEqual({ address: '127.0.0.1:2', source: 'BATON_ADDRESS' });
  expect(await find({ environment: named })).toEqual({ address: '127.0.0.1:5', source: 'context lab' });
  expect(await find({})).toEqual({ address: '127.0.0.1:3', source: '.baton/address' });
  const elsewhere = { directory: file('nowhere') };
  expect(await find(elsewhere)).toEqual({ address: '127.0.0.1:4', source: 'context np02' });
  expect(await find({ ...elsewhere, environment: {} })).toMatchObject({ address: DEFAULT_ADDRESS });
  await expect(find({ flags: { address: 'here' } })).rejects.toThrow('no address');
});

test('a command goes to the context that is named, and says so when nobody is there', async () => {
  await using fake = await startFake();
  using at = place(null);
  await run(at.world(), `context set here ${fake.address}`);
  expect((await run(at.world(), '--context here status')).out).toContain('mini · running');
  await run(at.world(), 'context set away 127.0.0.1:1');
  const { code, err } = await run(at.world(), '--context away status');
  expect(code).toBe(4);
  expect(err).toContain('no coordinator answers at 127.0.0.1:1 (context away)');
  const unknown = await run(at.world(), '--context awya status');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toContain(
    `there is no context "awya" (did you mean "away"?); ${at.file} holds here, away`,
  );
});

test('contexts are set, listed, used and removed, and remarks in the file stay', async () => {
  using at = place();
  expect((await run(at.world(), 'context list')).out).toBe(
    'CURRENT  NAME  ADDRESS\n*        np02  127.0.0.1:4\n         lab   127.0.0.1:5\n',
  );
  expect((await run(at.world(), 'context use lab')).code).toBe(0);
  expect((await run(at.world(), 'context set np02 127.0.0.1:44')).code).toBe(0);
  expect((await run(at.world(), 'context set new 127.0.0.1:6')).code).toBe(0);
  expect(readFileSync(at.file, 'utf8')).toBe(`# the experiment
current: lab
contexts:
  - name: np02
    address: 127.0.0.1:44 # in the barrack
  - { name: lab, address: "127.0.0.1:5" }
  - name: new
    address: 127.0.0.1:6
`);
  const removed = await run(at.world(), 'context remove lab');
  expect(removed.out).toContain('no context is the current one now');
  expect(JSON.parse((await run(at.world(), 'context list -o json')).out)).toEqual({
    file: at.file,
    current: null,
    contexts: [
      { name: 'np02', address: '127.0.0.1:44' },
      { name: 'new', address: '127.0.0.1:6' },
    ],
  });
});

test('a file that is not there yet is made, and a link stays one', async () => {
  using at = place(null);
  const { file } = at.directory;
  const deep = { HOME: file('home') };
  expect((await run(fakeWorld('', { environment: deep }), 'context set a 127.0.0.1:1')).code).toBe(0);
  const made = contextsFile(deep) ?? '';
  expect(made).toBe(file('home/.config/baton/contexts.yaml'));
  expect(dirname(contextsFile({ ...deep, XDG_CONFIG_HOME: '/x' }) ?? '')).toBe('/x/baton');
  symlinkSync(made, at.file);
  expect((await run(at.world(), 'context set b 127.0.0.1:2')).code).toBe(0);
  expect(lstatSync(at.file).isSymbolicLink()).toBe(true);
  expect(readFileSync(made, 'utf8')).toContain('127.0.0.1:2');
  const homeless = await run(fakeWorld('127.0.0.1:1'), 'context list');
  expect(homeless).toMatchObject({ code: 2, err: expect.stringContaining('set HOME or BATON_CONTEXTS') });
});

test('all that is wrong with the file is told at once, and nothing is written to it', async () => {
  const bad = 'curent: x\ncontexts:\n  - {name: a b, address: nowhere}\n  - {name: c, address: "h:1"}\n';
  using at = place(bad);
  const { code, err } = await run(at.world(), 'context set d 127.0.0.1:1');
  expect(code).toBe(2);
  expect(err.replaceAll(at.file, 'FILE')).toBe(`baton: FILE cannot be used: 3 problems
  FILE:1 curent: want one of the keys current, contexts (did you mean "current"?), got "curent"
  FILE:3 contexts[0].name: want 1 to 63 letters, digits, '.', '_' or '-', got "a b"
  FILE:3 contexts[0].address: want host:port, e.g. 127.0.0.1:7400, or up to 8 with commas between, got "nowhere"
now: nothing was done
next: correct it and ask again
`);
  expect(readFileSync(at.file, 'utf8')).toBe(bad);
  using twice = place('current: x\ncontexts: [{name: a, address: "h:1"}, {name: a, address: "h:2"}]\n');
  const told = await run(twice.world(), 'context list');
  expect(told.err).toContain('want a name that is used once, got "a" again');
  expect(told.err).toContain('current: want the name of a context (a, a)');
});

test('a context is at an address or in a cluster, and takes its partition with it', async () => {
  using at = place();
  const cluster = '--kube-context kind --coordinator-namespace ops -n daq --partition mini';
  const set = await run(at.world(), `context set np02 ${cluster}`);
  expect(set.out).toContain('np02 is the cluster of kind, namespace ops, in ');
  expect(readFileSync(at.file, 'utf8')).toContain(`  - name: np02
    cluster:
      context: kind
      namespace: ops
    partition: mini
    namespace: daq
`);
  expect((await run(at.world(), 'context list')).out).toBe(
    `CURRENT  NAME  ADDRESS                             PARTITION
*        np02  the cluster of kind, namespace ops  daq/mini
         lab   127.0.0.1:5
`,
  );
  const flags = {};
  const environment = { BATON_CONTEXTS: at.file };
  const found = await findCoordinator({ flags, environment, directory: '/nowhere' });
  expect(found).toMatchObject({
    cluster: { context: 'kind', namespace: 'ops' },
    partition: 'mini',
    namespace: 'daq',
  });
  expect((await run(at.world(), 'context set np02 127.0.0.1:4')).code).toBe(0);
  expect(readFileSync(at.file, 'utf8')).not.toContain('cluster');
  using both = place('contexts:\n  - {name: a, address: "h:1", cluster: {}}\n  - {name: b}\n');
  const { code, err } = await run(both.world(), 'context list');
  expect(code).toBe(2);
  expect(err).toContain('contexts[0].address: want an address or a cluster, and not both, got both');
  expect(err).toContain('contexts[1].address: want an address or a cluster, and not both, got neither');
});

test('a cluster is meant by its flags, as a plugin of kubectl, or by a kubeconfig when nothing else is said', async () => {
  using at = place(null);
  const { path, file } = at.directory;
  const find = (sources: Partial<Parameters<typeof findCoordinator>[0]>) =>
    findCoordinator({ flags: {}, environment: {}, directory: path, ...sources });
  const named = { kubeconfig: 'k', kubeContext: 'kind', coordinatorNamespace: 'ops' };
  expect(await find({ flags: named, environment: { BATON_ADDRESS: '127.0.0.1:2' } })).toEqual({
    cluster: { kubeconfig: 'k', context: 'kind', namespace: 'ops' },
    source: '--kubeconfig, --kube-context, --coordinator-namespace',
  });
  mkdirSync(file('.baton'));
  writeFileSync(file('.baton/address'), '127.0.0.1:3\n');
  const kubeconfig = { environment: { KUBECONFIG: '/somewhere' } };
  expect(await find(kubeconfig)).toEqual({ address: '127.0.0.1:3', source: '.baton/address' });
  expect(await find({ ...kubeconfig, isPlugin: true })).toEqual({ cluster: {}, source: 'the kubeconfig' });
  const elsewhere = { directory: file('nowhere') };
  expect(await find({ ...kubeconfig, ...elsewhere })).toEqual({ cluster: {}, source: 'the kubeconfig' });
  mkdirSync(file('.kube'));
  const home = { environment: { HOME: path }, ...elsewhere };
  expect(await find(home)).toMatchObject({ address: DEFAULT_ADDRESS });
  writeFileSync(file('.kube/config'), '');
  expect(await find(home)).toEqual({ cluster: {}, source: 'the kubeconfig' });
});

test('an address that is none changes nothing', async () => {
  using at = place();
  const { code, err } = await run(at.world(), 'context set np02 here');
  expect(code).toBe(2);
  expect(err).toContain('want host:port');
  expect(readFileSync(at.file, 'utf8')).toBe(TEXT);
});

test('a file holds so many contexts; one more is a mistake', async () => {
  const many = (count: number) =>
    `contexts:\n${Array.from({ length: count }, (_, at) => `  - { name: c${at}, address: "h:1" }\n`).join('')}`;
  using full = place(many(CONTEXTS_MAX));
  expect((await run(full.world(), 'context list')).code).toBe(0);
  expect((await run(full.world(), 'context set more h:2')).code).toBe(2);
  using beyond = place(many(CONTEXTS_MAX + 1));
  expect(await run(beyond.world(), 'context list')).toMatchObject({
    code: 2,
    err: expect.stringContaining(`contexts: want at most ${CONTEXTS_MAX}`),
  });
});
