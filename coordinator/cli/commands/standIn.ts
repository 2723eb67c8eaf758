import { serve } from '../../../protos/serve.ts';
import { standInService } from '../../up/standin.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { print } from '../world.ts';

/** `baton stand-in`: a process that obeys and does nothing, until it is told to end. Throws RunControlError. */
export async function standIn(
  { world }: Context,
  { port, state }: { readonly port: number; readonly state: string },
): Promise<ExitCode> {
  const ending = Promise.withResolvers<void>();
  const release = world.onInterrupt(() => ending.resolve());
  try {
    const tell = (line: string) => print(world.out, [line]);
    const service = standInService({ state, startId: world.randomId(), tell });
    await using _server = await serve({
      listen: `127.0.0.1:${port}`,
      insecureListen: false,
      services: [service],
    });
    tell(`a stand-in on port ${port}, in ${state}`);
    await ending.promise;
    return EXIT.done;
  } finally {
    release();
  }
}
