import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDocument } from '../../coordinator/document/parse.ts';
import { planPods } from '../../coordinator/up/podplan.ts';
import type { Ports } from '../../coordinator/up/ports.ts';
import { sidecarConfig } from '../../coordinator/up/sidecar.ts';
import { parseConfig } from '../../sidecar/config/parse.ts';

const TEXT = `
apiVersion: baton.dev/v1alpha1
kind: Partition
metadata: { name: mini }
spec:
  machine: minimal
  ports: { sidecars: 7500 }
  segments:
    - name: readout
      members: 2
      adapter: { port: 7000 }
      process:
        command: [node, site.ts, "{segment}-{ordinal}", "--port={port}"]
        environment: { NAME: "{partition}" }
    - name: writer
      members: 1
      adapter: { port: 7100 }
`;

/** Gives out 20000, 20001 … where any port will do. */
function counting(): Ports {
  let next = 20_000;
  return {
    take: async (wanted) => {
      if (wanted !== 0) return wanted;
      next += 1;
      return next - 1;
    },
  };
}

test('a document becomes one pod per target, with its ports and its words filled in', async () => {
  const document = await parseDocument(TEXT, join(import.meta.dirname, 'partition.yaml'));
  const plans = await planPods(document, counting(), { environment: { HOME: '/home' } });
  expect(plans.map(({ target, ports }) => [target, ports])).toEqual([
    ['readout-0', { adapter: 7_000, grpc: 7_500, probes: 20_000 }],
    ['readout-1', { adapter: 7_001, grpc: 7_501, probes: 20_001 }],
    ['writer-0', { adapter: 7_100, grpc: 7_502, probes: 20_002 }],
  ]);
  expect(plans[1]?.program).toEqual({
    // The very Node that runs this: another one in the PATH may be too old for TypeScript.
    command: [process.execPath, 'site.ts', 'readout-1', '--port=7001'],
    workingDirectory: import.meta.dirname,
    environment: { HOME: '/home', NAME: 'mini' },
  });
  expect(plans[2]?.program).toBeUndefined();
});

test('what a sidecar is told is what a sidecar understands', async () => {
  const document = await parseDocument(TEXT, join(import.meta.dirname, 'partition.yaml'));
  const [plan] = await planPods(document, counting(), { environment: {} });
  if (plan === undefined) throw new Error('a document has a target');
  const program = () => ({ command: [], workingDirectory: '/', environment: {} });
  const setting = { partition: 'mini', machine: document.machine, log: 'info', program } as const;
  const told = sidecarConfig(setting, { plan, podUid: 'a-uid', directory: '/pod' });
  const text = JSON.stringify(told);
  expect(parseConfig({ text, environment: {}, insecureListen: false })).toMatchObject({
    segment: 'readout',
    ordinal: 0,
    podUid: 'a-uid',
    machine: document.machine,
    adapter: { address: '127.0.0.1:7000' },
    stateFile: join('/pod', 'state'),
  });
});

test('what a document says of an HTTP interface reaches the sidecar as it is, with every default', async () => {
  const path = join(import.meta.dirname, '../example/http/partition.yaml');
  const document = await parseDocument(readFileSync(path, 'utf8'), path);
  const [plan] = await planPods(document, counting(), { environment: {} });
  if (plan === undefined) throw new Error('a document has a target');
  const program = () => ({ command: [], workingDirectory: '/', environment: {} });
  const setting = { partition: 'mini', machine: document.machine, log: 'info', program } as const;
  const told = JSON.stringify(sidecarConfig(setting, { plan, podUid: 'a-uid', directory: '/pod' }));
  const { port: _, ...written } = { port: 0, ...document.segments[0]?.adapter };
  const { adapter } = parseConfig({ text: told, environment: {}, insecureListen: false });
  expect(adapter).toEqual({ ...written, address: '127.0.0.1:20000' });
  expect(adapter).toMatchObject({ completion: { type: 'immediate' }, lookIntervalMs: 500, cause: '/error' });
});

test('what the sidecar starts itself is told to it, and is not ours to start', async () => {
  const child = '      adapter: { type: child, silenceLimitMs: 500 }\n';
  const text = TEXT.replace('      adapter: { port: 7000 }\n', child);
  const document = await parseDocument(text, join(import.meta.dirname, 'partition.yaml'));
  const [plan] = await planPods(document, counting(), { environment: { HOME: '/home/daq' } });
  if (plan === undefined) throw new Error('a document has a target');
  expect(plan.program).toBeUndefined();
  const program = () => ({ command: [], workingDirectory: '/', environment: {} });
  const setting = { partition: 'mini', machine: document.machine, log: 'info', program } as const;
  const told = JSON.stringify(sidecarConfig(setting, { plan, podUid: 'a-uid', directory: '/pod' }));
  const { adapter } = parseConfig({ text: told, environment: {}, insecureListen: false });
  expect(adapter).toMatchObject({ type: 'child', silenceLimitMs: 500, ...plan.child });
  // What is in the sidecar's own environment need not stand in its configuration.
  expect(told).not.toContain('/home/daq');
});

test('the commands of a member are filled in, and only the transition is left to its sidecar', async () => {
  const exec = `      adapter:
        type: exec
        command: [node, site.ts, "{transition}", --port, "{port}"]
        state: { command: [cat, "{segment}-{ordinal}"] }
        environment: { NAME: "{partition}" }
`;
  const text = TEXT.replace('      adapter: { port: 7000 }\n', exec);
  const document = await parseDocument(text, join(import.meta.dirname, 'partition.yaml'));
  const plans = await planPods(document, counting(), { environment: {} });
  const program = () => ({ command: [], workingDirectory: '/', environment: {} });
  const setting = { partition: 'mini', machine: document.machine, log: 'info', program } as const;
  const adapters = plans.slice(0, 2).map((plan) => {
    const told = JSON.stringify(sidecarConfig(setting, { plan, podUid: 'a-uid', directory: '/pod' }));
    return parseConfig({ text: told, environment: {}, insecureListen: false }).adapter;
  });
  expect(adapters[1]).toMatchObject({
    type: 'exec',
    command: [process.execPath, 'site.ts', '{transition}', '--port', '20002'],
    state: { command: ['cat', 'readout-1'], timeoutMs: 5_000 },
    environment: { NAME: 'mini' },
    workingDirectory: import.meta.dirname,
  });
  // The process beside it is started as ever.
  expect(plans[1]?.program?.command).toContain('--port=20002');
});
