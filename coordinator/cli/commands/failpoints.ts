// The points at which a test may end a coordinator or a sidecar; nothing here needs either.

import { FAILPOINT_VARIABLE, failpoints } from '../../../protos/failure/failpoints.ts';
import { type Context, give } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { tableLines } from '../show/table.ts';

/** `baton failpoints`: all of them, and how one is armed. */
export async function list(context: Context): Promise<ExitCode> {
  const points = failpoints();
  await give(context, points, (view) => [
    ...tableLines(
      {
        head: ['POINT', 'COMPONENT', 'IS REACHED WHEN'],
        rows: points.map(({ name, component, sentence }) => [
          { text: name, tone: 'strong' },
          { text: component, tone: 'quiet' },
          { text: sentence },
        ]),
        gives: [2],
      },
      view,
    ),
    '',
    `${FAILPOINT_VARIABLE}=POINT[/OPERATION][@TIME] in the environment of a coordinator or a sidecar ends it there`,
    'by SIGKILL: at the TIME-th time, counted during that operation (of a sidecar: transition) only. For tests.',
  ]);
  return EXIT.done;
}
