import type { Machine } from './table.ts';

/** The smallest machine with a run: for trying things out, and for processes that only start and stop. */
export const minimal: Machine = {
  name: 'minimal',
  initial: 'idle',
  states: [
    { name: 'idle', ready: true, inRun: false, rest: true, description: 'Nothing happens.' },
    { name: 'running', ready: true, inRun: true, rest: false, description: 'Data are taken.' },
  ],
  transitions: [
    {
      name: 'start',
      from: ['idle'],
      to: 'running',
      arguments: [],
      timeoutMs: 10_000,
      onFailure: 'stop',
      stopPath: false,
      order: [],
      description: 'Begin a run.',
    },
    {
      name: 'stop',
      from: ['running'],
      to: 'idle',
      arguments: [],
      timeoutMs: 10_000,
      onFailure: 'continue',
      stopPath: true,
      order: [],
      description: 'End the run.',
    },
  ],
  sequences: [
    {
      name: 'start_run',
      steps: [{ transition: 'start', optional: false }],
      description: 'Begin a run.',
    },
    { name: 'stop_run', steps: [{ transition: 'stop', optional: false }], description: 'End the run.' },
  ],
};
