// An example of each code of the sidecar: refusals are answers, the rest ends a stream or the program.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { channelCredentials } from '../../protos/credentials/dialling.ts';
import { v1 } from '../../protos/load.ts';
import { minimal } from '../../protos/machine/minimal.ts';
import { STREAMS_MAX } from '../../sidecar/api/control.ts';
import type { SidecarTrouble } from '../../sidecar/failures.ts';
import type { Event, RefusalCode } from '../../sidecar/rules/model.ts';
import { react } from '../../sidecar/rules/react.ts';
import { newAuthority } from '../credentials/authority.ts';
import { filesOf, issue } from '../credentials/folder.ts';
import { identity } from '../credentials/rig.ts';
import { temporaryDirectory } from '../journal/directory.ts';
import { Rig as Rules, tokenOf } from '../rules/rig.ts';
import { condition } from '../sidecar/condition.ts';
import { rig } from '../sidecar/rig.ts';
import { HELLO, TestCoordinator } from '../sidecar/testCoordinator.ts';
import { type Example, plain, type Said, toldAtEnd, troubleOf } from './example.ts';

// ---- refusals ----------------------------------------------------------------------------------------

/** Brings the rules to where they refuse `start` of operation 2. */
export const REFUSAL_EXAMPLES: Readonly<Record<RefusalCode, () => Said>> = {
  FENCED: () => refused(ready().ask(3, 'start', 'idle', 'running').ends('running')),
  GONE: () => refused(ready().attach('idle', { life: '2', id: 2 }), { incarnation: 'pod.1' }),
  BUSY: () => refused(ready().ask(1, 'start', 'idle', 'running')),
  LEAVING: () => refused(ready().on({ type: 'preStop' })),
  NOT_ALLOWED: () => refused(ready().ask(1, 'start', 'idle', 'running').ends('running')),
  MACHINE_DIFFERS: () => refused(ready(), { machineHash: '0123456789abcdef' }),
  BY_PROCESS: () => {
    const rules = ready().ask(2, 'start', 'idle', 'running');
    const { hook, attachment } = rules.sidecar;
    if (hook === undefined || attachment === undefined) throw new Error('a hook runs');
    const cause = 'the crate is switched off';
    return answerTo(rules, {
      type: 'hookEnded',
      attachment: attachment.id,
      token: hook.token,
      outcome: 'refused',
      state: 'idle',
      cause,
    });
  },
  NOT_ATTACHED: () =>
    refused(ready().on({ type: 'detached', attachment: 1, cause: 'the process has ended' })),
};

function ready(): Rules {
  return new Rules(minimal).hello().attach('idle');
}

type More = { readonly incarnation?: string; readonly machineHash?: string };

/** What the rules answer to `start` of operation 2. */
function refused(rules: Rules, more: More = {}): Said {
  const { stream, memory } = rules.sidecar;
  const request = {
    token: tokenOf(2),
    incarnation: memory.incarnation,
    machineHash: rules.sidecar.settings.machineHash,
    transition: 'start',
    argumentsJson: '{}',
    from: 'idle',
    to: 'running',
    budgetMs: 1_000,
    stopPath: false,
    runNumber: 1,
    ...more,
  };
  return answerTo(rules, { type: 'request', stream: stream?.id ?? 0, request });
}

function answerTo(rules: Rules, event: Event): Said {
  const { effects } = react(rules.sidecar, event);
  const answers = effects.flatMap((effect) =>
    effect.type === 'send' && effect.message.type === 'answer' ? [effect.message.answer] : [],
  );
  const [answer] = answers;
  if (answer?.kind !== 'refused') throw new Error('it is refused');
  return { code: answer.code ?? '', words: plain(`a-0 refused start: ${answer.cause}`) };
}

// ---- trouble -----------------------------------------------------------------------------------------

export const SIDECAR_EXAMPLES: Readonly<Record<SidecarTrouble, Example>> = {
  MALFORMED: () => controlled((stream) => stream.write({ hello: { ...HELLO, journalId: '' } })),
  REFUSED: () => controlled((stream) => stream.write({ hello: { ...HELLO, target: 'writer-0' } })),
  BUSY: async () => {
    await using first = await rig();
    return await toldAtEnd('sidecar', rig({ stateFile: first.config.stateFile }));
  },
  NOT_ALLOWED: commandedByOperator,
  UNREACHABLE: async () => {
    await using first = await rig();
    const listen = { grpc: first.sidecar.grpc, probes: '127.0.0.1:0' };
    return await toldAtEnd('sidecar', rig({ listen }));
  },
  LIMIT: async () => {
    await using all = await rig();
    using held = new DisposableStack();
    // They say nothing: one that is welcomed would take the place of the one before.
    const streams = Array.from({ length: STREAMS_MAX + 1 }, () =>
      held.use(new TestCoordinator(all.sidecar.grpc)),
    );
    await condition('one is refused', () => streams.some((stream) => stream.ended !== undefined));
    return await toldOf(streams.find((stream) => stream.ended !== undefined)?.ended);
  },
  STORAGE: async () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'state'));
    return await toldAtEnd('sidecar', rig({ stateFile: join(directory.path, 'state') }));
  },
  STOPPING: async () => {
    await using all = await rig();
    using coordinator = await TestCoordinator.welcomed(all.sidecar.grpc);
    await all.sidecar[Symbol.asyncDispose]();
    return await ended(coordinator);
  },
};

/** What a coordinator is told whose stream the sidecar ends. */
async function controlled(say: (stream: TestCoordinator['stream']) => void): Promise<Said> {
  await using all = await rig();
  using coordinator = new TestCoordinator(all.sidecar.grpc);
  say(coordinator.stream);
  return await ended(coordinator);
}

async function ended(coordinator: TestCoordinator): Promise<Said> {
  await condition('the stream is ended', () => coordinator.ended !== undefined);
  return await toldOf(coordinator.ended);
}

async function toldOf(error: unknown): Promise<Said> {
  const trouble = await troubleOf(Promise.reject(error));
  const { words } = await toldAtEnd('the stream ended', Promise.reject(trouble));
  return { code: trouble.code, words };
}

async function commandedByOperator(): Promise<Said> {
  const root = newAuthority('root');
  const files = (role: 'sidecar' | 'operator') =>
    filesOf(issue(root, role, { realm: 'daq', commonName: role === 'operator' ? 'alice' : role }), [root]);
  using own = identity('sidecar', files('sidecar'), 'daq');
  using alice = identity('operator', files('operator'), 'daq');
  await using all = await rig({ tls: { directory: own.folder.path } });
  const dialling = { kind: 'tls', store: alice.store } as const;
  const stub = new v1.Sidecar(all.sidecar.grpc, channelCredentials(dialling, 'sidecar'));
  try {
    const stream = stub.control();
    const end = new Promise<unknown>((resolve) => stream.on('error', resolve));
    stream.write({ hello: HELLO });
    return await toldOf(await end);
  } finally {
    stub.close();
  }
}
