import { type Context, dial, isLive, view } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { type Followed, follow } from '../follow.ts';
import { live } from '../live.ts';
import type { Picture } from '../picture.ts';
import { operationChange, partitionChange, targetChange } from '../show/change.ts';
import { statusLines } from '../show/status.ts';
import { clockTime } from '../show/time.ts';
import { print, type World } from '../world.ts';

/** `baton watch`: status that goes on; a live table on a terminal, else one line per change. */
export async function watch(context: Context): Promise<ExitCode> {
  const { world, options } = context;
  const stopping = new AbortController();
  const release = world.onInterrupt(() => stopping.abort());
  try {
    using connection = await dial(context);
    const followed = follow(connection, {
      world,
      signal: stopping.signal,
      silenceMsMax: options.timeoutMs,
    });
    if (options.output === 'json' || options.output === 'yaml') await watchAsData(context, followed);
    else if (isLive(context, world.out)) await watchLive(context, followed);
    else await watchPlain(context, followed);
    return EXIT.interrupted;
  } finally {
    release();
  }
}

async function watchLive(context: Context, followed: AsyncIterable<Followed>): Promise<void> {
  const { world, options } = context;
  let picture: Picture | undefined;
  let lost = '';
  using drawing = live(world.out, () => {
    const shown = view(context, world.out);
    const below = lost === '' ? [] : ['', shown.paint('bad', `${lost}; trying again`)];
    if (picture === undefined) return [shown.paint('quiet', 'waiting for the coordinator'), ...below];
    const times = { nowMs: world.nowMs(), wallMs: world.wallMs(), wide: options.output === 'wide' };
    const height = shown.height === undefined ? {} : { height: shown.height - below.length };
    return [...statusLines(picture, times, { ...shown, ...height }), ...below];
  });
  for await (const each of followed) {
    if (each.kind === 'change') picture = each.picture;
    lost = each.kind === 'lost' ? each.cause : '';
    drawing.changed();
  }
}

async function watchPlain(context: Context, followed: AsyncIterable<Followed>): Promise<void> {
  const { world } = context;
  for await (const each of followed) {
    if (each.kind !== 'change') {
      print(world.err, [`${stamp(world)} ${breakLine(each)}`]);
    } else if (each.response.snapshot) {
      const times = { nowMs: world.nowMs(), wallMs: world.wallMs(), wide: context.options.output === 'wide' };
      print(world.out, statusLines(each.picture, times, view(context, world.out)));
    } else {
      const line = changeLine(each);
      if (line !== undefined) print(world.out, [`${stamp(world)} ${line}`]);
    }
  }
}

/** One JSON object per line, or one YAML document per change: the messages of Watch as they come. */
async function watchAsData(context: Context, followed: AsyncIterable<Followed>): Promise<void> {
  const { world, options } = context;
  const { stringify } = await import('yaml');
  for await (const each of followed) {
    if (each.kind !== 'change') print(world.err, [`${stamp(world)} ${breakLine(each)}`]);
    else if (options.output === 'json') world.out.write(`${JSON.stringify(each.response)}\n`);
    else world.out.write(`---\n${stringify(each.response)}`);
  }
}

/** One line on a connection that broke, or on who leads since. */
export function breakLine(each: Exclude<Followed, { kind: 'change' }>): string {
  return each.kind === 'lost'
    ? `${each.cause}; trying again`
    : `the coordinator at ${each.address} leads now (epoch ${each.epoch})`;
}

/** One line for one change; undefined when nothing that people look at changed. */
export function changeLine(change: Extract<Followed, { kind: 'change' }>): string | undefined {
  const { response, picture, before } = change;
  if (response.target) return targetChange(before, response.target);
  if (response.operation) return operationChange(response.operation, picture.targets);
  return response.partition ? partitionChange(picture) : undefined;
}

function stamp(world: World): string {
  return clockTime(world.wallMs()).slice(11);
}
