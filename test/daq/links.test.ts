import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListenAddress } from '../../protos/listen.ts';
import { Changes } from './run/changes.ts';
import { portPath } from './run/names.ts';
import { openDoorway } from './wire/handshake.ts';
import type { Link } from './wire/link.ts';
import { Links, OUTBOX_BYTES_MAX } from './wire/links.ts';
import type { Message } from './wire/messages.ts';
import { createPlaces } from './wire/places.ts';

const ANY = { host: '127.0.0.1', port: 0 };

let folder = '';
const open: AsyncDisposable[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'daq-links-'));
});
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

type End = {
  readonly links: Links;
  readonly got: Message[];
  readonly gone: string[];
  readonly changes: Changes;
};

/** The links of one process, with what it was told. */
function createEnd(
  name: string,
  options: { dataDir?: string; peers?: string; listen?: ListenAddress; admits?: () => boolean } = {},
): End {
  const got: Message[] = [];
  const gone: string[] = [];
  const changes = new Changes();
  const links = new Links({
    name,
    changes,
    places: createPlaces({
      name,
      dataDir: options.dataDir ?? folder,
      dataListen: options.listen ?? ANY,
      peers: options.peers,
    }),
    admits: options.admits ?? (() => true),
    onMessage: (_, message) => got.push(message),
    onLink: () => undefined,
    onGone: (peer, { bye }) => gone.push(bye ? `${peer} said bye` : peer),
  });
  open.push(links);
  return { links, got, gone, changes };
}

const deaf = { onMessage: () => undefined, onGone: () => undefined, onDrained: () => undefined };

const soon = (): AbortSignal => AbortSignal.timeout(500);
const patient = (): AbortSignal => AbortSignal.timeout(10_000);

describe('links', () => {
  it('carry messages both ways, in order', async () => {
    const [writer, builder] = [createEnd('writer-0'), createEnd('builder-0')];
    await writer.links.listen();
    expect(await builder.links.connect(['writer-0'], patient())).toEqual([]);
    for (const count of [1, 2, 3]) builder.links.send('writer-0', { kind: 'marker', run: 1, count });
    await writer.changes.until(() => writer.got.length === 3, patient());
    expect(writer.got.map((each) => (each.kind === 'marker' ? each.count : 0))).toEqual([1, 2, 3]);
    writer.links.send('builder-0', { kind: 'ask', run: 1 });
    await builder.changes.until(() => builder.got.length === 1, patient());
    expect(writer.links.incoming()).toEqual(['builder-0']);
    expect(builder.links.send('writer-9', { kind: 'bye' })).toBe(false);
  });

  it('are tried again until the peer takes them', async () => {
    let ready = false;
    const writer = createEnd('writer-0', { admits: () => ready });
    const builder = createEnd('builder-0');
    await writer.links.listen();
    expect((await builder.links.connect(['writer-0'], soon())).join()).toContain('took no link');
    const connecting = builder.links.connect(['writer-0'], patient());
    ready = true;
    expect(await connecting).toEqual([]);
  });

  it('are not made without a port, nor by a file that tells none', async () => {
    const builder = createEnd('builder-0');
    expect((await builder.links.connect(['writer-0'], soon())).join()).toContain('no port is told in');
    mkdirSync(join(folder, 'ports'));
    writeFileSync(portPath(folder, 'writer-0'), 'melt');
    expect((await builder.links.connect(['writer-0'], soon())).join()).toContain('holds no port: "melt"');
  });

  it('are not made to another DAQ or another process, to which an old port file may lead', async () => {
    mkdirSync(join(folder, 'ports'));
    for (const self of [
      { name: 'writer-0', daq: 'elsewhere' },
      { name: 'writer-1', daq: folder },
    ]) {
      const doorway = await openDoorway({
        self,
        listen: ANY,
        admits: () => true,
        events: deaf,
        onLink: () => undefined,
      });
      writeFileSync(portPath(folder, 'writer-0'), `${doorway.port}`);
      expect((await createEnd('builder-0').links.connect(['writer-0'], soon())).join()).toContain(
        'took no link',
      );
      await doorway.close();
    }
  });
});

describe('links by the names of hosts', () => {
  it('go where the template says, and again to who has come back', async () => {
    const doorway = await openDoorway({
      self: { name: 'writer-1', daq: 'anything' },
      listen: { host: '127.0.0.1', port: 0 },
      admits: () => true,
      events: deaf,
      onLink: () => undefined,
    });
    // The kernel chose it for 127.0.0.1; the same one of another address of loopback is as good as free.
    const peers = `127.0.0.1{ordinal}:${doorway.port}`;
    const listen = { host: '127.0.0.11', port: doorway.port };
    await doorway.close();
    const builder = createEnd('builder-0', { peers });
    expect((await builder.links.connect(['writer-1'], soon())).join()).toContain(`127.0.0.11:${listen.port}`);
    for (const _ of ['first life', 'second life']) {
      const writer = createEnd('writer-1', { peers, listen });
      await writer.links.listen();
      expect(await builder.links.connect(['writer-1'], patient())).toEqual([]);
      expect(writer.links.incoming()).toEqual(['builder-0']);
      await writer.links[Symbol.asyncDispose]();
      expect(await builder.changes.until(() => !builder.links.reaches('writer-1'), patient())).toBe(true);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('are not made to a process of another template, as an address may belong to another pod by now', async () => {
    const self = { name: 'writer-0', daq: 'other-{role}-{ordinal}:1' };
    const doorway = await openDoorway({
      self,
      listen: ANY,
      admits: () => true,
      events: deaf,
      onLink: () => {},
    });
    const builder = createEnd('builder-0', { peers: `127.0.0.1:${doorway.port}` });
    expect((await builder.links.connect(['writer-0'], soon())).join()).toContain('took no link');
    await doorway.close();
  });
});

describe('a link', () => {
  it('tells an end on purpose from any other, and replaces the older one of its peer', async () => {
    const [writer, builder, again] = [createEnd('writer-0'), createEnd('builder-0'), createEnd('builder-0')];
    await writer.links.listen();
    await builder.links.connect(['writer-0'], patient());
    await again.links.connect(['writer-0'], patient());
    await builder.changes.until(() => builder.gone.length > 0, patient());
    expect(builder.gone).toEqual(['writer-0']);
    expect([writer.gone, writer.links.incoming()]).toEqual([[], ['builder-0']]);
    again.links.disconnect({ bye: true });
    await writer.changes.until(() => writer.gone.length > 0, patient());
    expect(writer.gone).toEqual(['builder-0 said bye']);
  });

  it('makes the sender wait when the receiver does not read, and loses nothing', async () => {
    const [builder, readout] = [createEnd('builder-0'), createEnd('readout-0')];
    const writer = await openStandingWriter();
    await builder.links.listen();
    await builder.links.connect(['writer-0'], patient());
    await readout.links.connect(['builder-0'], patient());
    const bytes = Buffer.alloc(262_144);
    while (!builder.links.congested) {
      builder.links.send('writer-0', { kind: 'fragment', bytes });
    }
    // Far more than the kernel's buffers between the two can hold.
    const count = (8 * OUTBOX_BYTES_MAX) / bytes.length;
    for (let sent = 0; sent < count; sent += 1) readout.links.send('builder-0', { kind: 'fragment', bytes });
    builder.links.send('writer-0', { kind: 'ask', run: 1 });
    expect(await readout.changes.until(() => readout.links.queuedBytes === 0, soon())).toBe(false);
    writer.link().resume();
    expect(await readout.changes.until(() => readout.links.queuedBytes === 0, patient())).toBe(true);
    expect(await builder.changes.until(() => builder.got.length === count, patient())).toBe(true);
  });
});

/** A writer that takes a link and then reads nothing. */
async function openStandingWriter(): Promise<{ readonly link: () => Link }> {
  let taken: Link | undefined;
  const doorway = await openDoorway({
    self: { name: 'writer-0', daq: folder },
    listen: ANY,
    admits: () => true,
    events: deaf,
    onLink: (link) => {
      taken = link;
      link.pause();
    },
  });
  mkdirSync(join(folder, 'ports'), { recursive: true });
  writeFileSync(portPath(folder, 'writer-0'), `${doorway.port}`);
  open.push({ [Symbol.asyncDispose]: () => doorway.close() });
  return {
    link: () => {
      if (taken === undefined) throw new Error('nobody connected');
      return taken;
    },
  };
}
