import type { Token } from '../../rules/model.ts';
import type { PerformCall } from '../adapter.ts';
import type { Line } from '../lineReader.ts';

/** How one talks with a child: in lines, or by signals. */
export type Manner = {
  /** One line of its standard output. */
  heard(line: Line): void;
  /** Asks for a transition. The attachment that it belongs to is the present one. */
  perform(call: PerformCall): void;
  /** Asks for the end of the hook that runs. */
  giveUp(token: Token): void;
  /** Nothing more will be heard. */
  close(): void;
};
