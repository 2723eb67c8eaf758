import { describe, expect, test } from 'vitest';
import { edited, faultsOf, GOOD } from './documents.ts';

const MEMBERS = '      members: 1\n';
const MACHINE = '  machine: minimal\n';

/** The table of `minimal`, written into the document. */
const INLINE = `  machine:
    name: own
    initial: idle
    states:
      - { name: idle, rest: true }
      - { name: running, inRun: true }
    transitions:
      - { name: start, from: [idle], to: running, timeoutMs: 1000 }
      - { name: stop, from: [running], to: idle, timeoutMs: 1000, stopPath: true }
`;

function edit(from: string, to: string): string {
  return edited(GOOD, from, to);
}

/** More lines below `spec`. */
function spec(...lines: readonly string[]): string {
  return GOOD + lines.map((line) => `  ${line}\n`).join('');
}

/** More lines in the last segment, `sink`. */
function sink(...lines: readonly string[]): string {
  return edit(MEMBERS, MEMBERS + lines.map((line) => `      ${line}\n`).join(''));
}

const FAULTS: readonly (readonly [string, string])[] = [
  // The text
  ['an empty file', ''],
  ['a file with a comment only', '# later\n'],
  ['an empty document', '---\n'],
  ['two documents', `${GOOD}---\n${GOOD}`],
  ['a bracket that is not closed', edit('[sleep, "100"]', '[sleep, "100"')],
  ['a tab', edit('  name: small', '\tname: small')],
  ['a quote that is not closed', edit('name: small', 'name: "small')],
  ['a key twice', edit('  name: small\n', '  name: small\n  name: large\n')],
  ['a key twice and another fault', edit('  name: small\n', '  name: small\n  name: Large\n')],
  ['a key that is a list', `${GOOD}? [a, b]\n: 1\n`],
  ['an alias without an anchor', edit('name: small', 'name: *small')],
  ['an alias of what it is a part of', edit('name: small', 'name: &small [*small]')],
  ['a bomb of aliases', `${GOOD}x: ${bomb()}`],
  ['a tag that nobody knows', edit('name: small', 'name: !secret small')],
  ['a list instead of a map', '- a\n- b\n'],
  // The shape
  ['nothing but braces', '{}\n'],
  ['another apiVersion', edit('v1alpha1', 'v1')],
  ['another kind', edit('kind: Partition', 'kind: partition')],
  ['an unknown key at the top', `${GOOD}status: {}\n`],
  ['an unknown key in a segment', edit('      members: 2', '      memebrs: 2')],
  ['a key without a value', edit('members: 2', 'members:')],
  ['a string instead of a number', edit('members: 2', 'members: two')],
  ['a fraction of a member', edit('members: 2', 'members: 1.5')],
  ['no members', edit('members: 2', 'members: 0')],
  ['too many members', edit('members: 2', 'members: 10001')],
  ['no segments', edit(GOOD.slice(GOOD.indexOf('segments:')), 'segments: []\n')],
  ['a number instead of a string in a command', edit('[sleep, "100"]', '[sleep, 100]')],
  ['an empty word in a command', edit('[sleep, "100"]', '[sleep, ""]')],
  [
    'a fault behind an alias',
    edited(edit('[sleep, "100"]', '&command [sleep, 100]'), '[sleep, "100"]', '*command'),
  ],
  ['an empty command', edit('[sleep, "100"]', '[]')],
  ['a command that is a string', edit('[sleep, "100"]', 'sleep 100')],
  [
    'a number in the environment',
    edit('command: [sleep, "100"]', 'command: [sleep]\n        environment: { PORT: 80 }'),
  ],
  [
    'a bad name in the environment',
    edit('command: [sleep, "100"]', 'command: [sleep]\n        environment: { A-B: x }'),
  ],
  ['an unknown order of members', sink('order: ascendign')],
  ['an unknown key in batches', sink('order: { batch: 2 }')],
  ['batches of nothing', sink('order: { batches: 0 }')],
  ['an order of members of another kind', sink('order: [1]')],
  ['an unknown adapter', sink('adapter: { type: htpp }')],
  [
    'an adapter without any key that it needs',
    sink('adapter: { type: http, state: {}, health: { path: health } }'),
  ],
  ['a status that is none', sink('adapter: { type: http, success: { status: [2xx, 99, ok] } }')],
  [
    'an answer that cannot be compared',
    sink('adapter: { type: http, success: { body: { pointer: ok, equals: {} } } }'),
  ],
  ['an unknown completion', sink('adapter: { type: http, completion: { type: pol } }')],
  [
    'a poll that is never done',
    sink('adapter: { type: http, completion: { type: poll, path: "/jobs/{job}" } }'),
  ],
  [
    'a poll of the state for transitions that no word of it ends',
    edited(
      edited(
        edit(MACHINE, INLINE),
        '      - { name: stop,',
        '      - { name: tune, from: [idle, running], timeoutMs: 1000 }\n      - { name: stop,',
      ),
      MEMBERS,
      `${MEMBERS}${[
        'adapter:',
        '  type: http',
        '  transitions: { start: {}, recover: {} }',
        '  completion: { type: poll }',
        '  state: { path: /s, map: { UP: [idle, running], ON: running } }',
      ]
        .map((line) => `      ${line}\n`)
        .join('')}`,
    ),
  ],
  ['a poll of nothing', sink('adapter: { type: http, completion: { type: poll, job: /id } }')],
  [
    'a request for no transition, and words for no state',
    sink(
      'adapter:',
      '  type: http',
      '  transitions: { stat: { path: "/{tokn}" } }',
      '  state: { path: /s, map: { UP: [idle, rnning] } }',
    ),
  ],
  [
    'a child that nobody says how to start',
    edit(
      '    - name: sink\n',
      '    - name: lost\n      members: 1\n      adapter: { type: child }\n    - name: sink\n',
    ),
  ],
  [
    'signals that do not fit the machine',
    sink(
      'adapter: { type: child, signals: { states: { idle: x, runing: y }, send: { start: SIGUSR1, stop: skip, halt: SIGUSR2 } } }',
    ),
  ],
  [
    'a signal that is no order',
    sink('adapter: { type: child, signals: { states: { idle: x }, send: { stop: SIGKILL } } }'),
  ],
  [
    'signals that leave a transition and a state out',
    sink(
      'adapter: { type: child, silenceLimitMs: 1000, signals: { states: { idle: x }, send: { start: SIGUSR1 } } }',
    ),
  ],
  [
    'a pattern that is none',
    sink(
      'adapter: { type: child, signals: { states: { idle: x, running: "(" }, send: { start: SIGUSR1, stop: skip } } }',
    ),
  ],
  [
    'commands that do not fit the machine',
    sink(
      'adapter:',
      '  type: exec',
      '  transitions: { strat: [./no/such, "{ordnial}"], stop: [node, nowhere.ts], start: ["true"] }',
    ),
  ],
  ['a transition without a command', sink('adapter: { type: exec, transitions: { start: skip } }')],
  [
    'a place for commands that is not there',
    sink('adapter: { type: exec, command: ["true", "{trasition}"], workingDirectory: nowhere }'),
  ],
  ['an unknown leave policy', spec('leave: { policy: stay }')],
  ['a duration without a unit', spec('heartbeatInterval: 30')],
  ['a duration with another unit', spec('startup: { timeout: 1d }')],
  ['a duration that is too short', spec('heartbeatInterval: 9ms')],
  ['a duration that is too long', spec('heartbeatInterval: 61s')],
  ['a duration longer than any timer', spec('startup: { timeout: 597h }')],
  ['a port beyond the last', spec('ports: { coordinator: 65536 }')],
  // Names
  ['a partition with a bad name', edit('name: small', 'name: Small_DAQ')],
  ['a segment with a bad name', edit('name: sink', 'name: sink_')],
  ['a segment with a name that is too long', edit('name: sink', `name: ${'x'.repeat(53)}`)],
  ['a segment named like a target', edit('name: sink', 'name: source-1')],
  ['two segments of one name', edit('name: sink', 'name: source')],
  [
    'two segments of one name, one of them with another fault',
    edit('name: sink\n', 'name: source\n      oder: x\n'),
  ],
  [
    'two segments of one StatefulSet',
    edited(sink('statefulSet: daq'), '      members: 2\n', '      members: 2\n      statefulSet: daq\n'),
  ],
  ['a StatefulSet that cannot be', sink('statefulSet: Daq')],
  ['a word for cordons that nobody knows', spec('onCordon: stop')],
  // Numbers that must agree
  ['more minMembers than members', sink('critical: false', 'minMembers: 2')],
  ['minMembers of a critical segment', edit('members: 2', 'members: 2\n      minMembers: 1')],
  ['more targets than one coordinator leads', edit('members: 2', 'members: 10000')],
  ['more waves than a transition may take', edit('members: 2', 'members: 5000\n      order: ascending')],
  ['more waves in batches', edit('members: 2', 'members: 9000\n      order: { batches: 2 }')],
  [
    'no process and no port',
    edit('    - name: sink\n', '    - name: lost\n      members: 1\n    - name: sink\n'),
  ],
  // Ports
  [
    'one port twice',
    edited(spec('ports: { coordinator: 7001 }'), MEMBERS, `${MEMBERS}      adapter: { port: 7001 }\n`),
  ],
  ['ports that overlap', spec('ports: { sidecars: 7000, probes: 7002 }')],
  ['ports that run beyond the last', spec('ports: { sidecars: 65534 }')],
  // Files
  ['a program that is not there', edit('[sleep, "100"]', '[./no/such, x]')],
  ['a program that may not be run', edit('[sleep, "100"]', '[./daq.yaml]')],
  ['a program that is a directory', edit('[sleep, "100"]', '[./bin]')],
  ['a script that is not there', edit('[sleep, "100"]', '[node, nowhere.ts]')],
  [
    'a working directory that is not there',
    edit('command: [sleep, "100"]', 'command: [sleep]\n        workingDirectory: nowhere'),
  ],
  [
    'a working directory that is a file',
    edit('command: [sleep, "100"]', 'command: [sleep]\n        workingDirectory: daq.yaml'),
  ],
  ['a misspelt placeholder', edit('[sleep, "100"]', '[sleep, "{ordnial}", "{Port}", "{json}"]')],
  [
    'a misspelt placeholder in the environment',
    edit('command: [sleep, "100"]', 'command: [sleep]\n        environment: { A: "{segmnet}" }'),
  ],
  // The machine
  ['no machine', edit(MACHINE, '')],
  ['an unknown built-in machine', edit('machine: minimal', 'machine: minmal')],
  ['a machine of another kind', edit('machine: minimal', 'machine: 7')],
  ['a machine file that is not there', edit('machine: minimal', 'machine: { file: nowhere.yaml }')],
  ['a machine file that is a directory', edit('machine: minimal', 'machine: { file: bin }')],
  ['a machine file with faults', edit('machine: minimal', 'machine: { file: machine-with-faults.yaml }')],
  ['a machine file that is no YAML', edit('machine: minimal', 'machine: { file: no-yaml.yaml }')],
  ['a machine file that is no text', edit('machine: minimal', 'machine: { file: no-text.yaml }')],
  ['a misspelt key beside the file', edit('machine: minimal', 'machine: { flie: machine.yaml }')],
  [
    'an inline machine with faults',
    edited(edit(MACHINE, INLINE), 'to: idle, timeoutMs: 1000', 'to: idel, timeoutMs: 0'),
  ],
  [
    'an inline machine with an unknown key and a fault',
    edited(
      edited(edit(MACHINE, INLINE), 'initial: idle', 'initial: idel'),
      'rest: true',
      'rest: true, redy: true',
    ),
  ],
  // Orders, timeouts, budgets
  [
    'an order and a segment without a name',
    `${edit('name: sink', 'nmae: sink')}  orders: { start: [[source], [sink]] }\n`,
  ],
  [
    'an order and no segments',
    edited(spec('orders: { start: [[source], [sink]] }'), 'segments:', 'segmnets:'),
  ],
  ['segments that dune has no place for', edit('machine: minimal', 'machine: dune')],
  [
    'a segment that dune spells otherwise',
    edited(
      edited(edit('machine: minimal', 'machine: dune'), 'name: source', 'name: readuot'),
      'name: sink',
      'name: writer',
    ),
  ],
  ['an order without a segment', spec('orders: { start: [[source]] }')],
  ['an order with an unknown segment', spec('orders: { start: [[source], [sink, sinc]] }')],
  ['an order with a segment twice', spec('orders: { start: [[source], [sink, source]] }')],
  ['an order of an unknown transition', spec('orders: { satrt: [[source, sink]] }')],
  ['an order that is no list of lists', spec('orders: { start: [source, sink] }')],
  ['an order with an empty group', spec('orders: { start: [[], [source, sink]] }')],
  [
    'an inline order with an unknown segment',
    edited(edit(MACHINE, INLINE), 'to: running,', 'to: running, order: [[source], [sink], [trigger]],'),
  ],
  ['a timeout of an unknown transition', spec('timeouts: { stp: 1s }')],
  ['a timeout of nothing', spec('timeouts: { stop: 0s }')],
  ['a stop path that does not fit the grace period', spec('timeouts: { stop: 28001ms }')],
  ['a stop path that does not fit one grace period', sink('stop: { gracePeriod: 10s, margin: 1s }')],
];

describe('a document with', () => {
  test.each(FAULTS)('%s is refused', async (_, text) => {
    expect((await faultsOf(text)).length).toBeGreaterThan(1);
  });
});

test('every fault is told with file, line, path, what is wanted and what was got', async () => {
  const told: string[] = [];
  for (const [title, text] of FAULTS) told.push(`# ${title}`, ...(await faultsOf(text)), '');
  await expect(told.join('\n')).toMatchFileSnapshot('../testdata/document/faults.txt');
});

test('all faults are told at once, in the order of the lines', async () => {
  const text = [
    ['machine: minimal', 'machine: dune'],
    ['name: small', 'name: Small'],
    ['members: 2', 'members: 2\n      minMembers: 3'],
    ['name: sink', 'name: source'],
    ['members: 1\n', 'memebrs: 1\n'],
    ['[sleep, "100"]', '[./no/such]'],
  ].reduce((spoilt, [from = '', to = '']) => edited(spoilt, from, to), spec('heartbeatInterval: 1'));
  await expect((await faultsOf(text)).join('\n')).toMatchFileSnapshot('../testdata/document/together.txt');
});

test('of very many faults the first hundred are told, and how many there are', async () => {
  const [sentence, ...lines] = await faultsOf(
    GOOD + Array.from({ length: 150 }, (_, at) => `x${at}: 1\n`).join(''),
  );
  expect(sentence).toBe(
    'test/testdata/documents/partition.yaml cannot be used: 150 problems, the first 100 of them follow',
  );
  expect(lines.length).toBe(100);
});

test('a text of brackets only, as large as a file may be, is refused like any other', async () => {
  const [, line] = await faultsOf('['.repeat(262_144));
  expect(line).toContain('want valid YAML');
});

/** Nine anchors, each nine times the one before: 387 million values if somebody wrote them out. */
function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, at) => {
    const below = at === 0 ? 'x' : `*a${at - 1}`;
    return `&a${at} [${Array.from({ length: 9 }, () => below).join(', ')}]`;
  });
  return `\n${levels.map((level, at) => `  l${at}: ${level}\n`).join('')}`;
}
