import { styleText } from 'node:util';

/** What a piece of text means. Few on purpose: a screen on which everything shines says nothing. */
export type Tone = 'plain' | 'good' | 'doing' | 'bad' | 'quiet' | 'strong';

export type Paint = (tone: Tone, text: string) => string;

const FORMATS = {
  good: 'green',
  doing: 'yellow',
  bad: 'red',
  quiet: 'dim',
  strong: 'bold',
} as const;

/** A painter that writes terminal colours, or one that leaves every text as it is. */
export function painter(colour: boolean): Paint {
  if (!colour) return (_tone, text) => text;
  return (tone, text) => {
    if (tone === 'plain' || text === '') return text;
    // Whether the stream takes colours was decided by whoever asked for this painter.
    return styleText(FORMATS[tone], text, { validateStream: false });
  };
}
