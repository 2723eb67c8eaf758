import { RECOVER } from '../../../protos/machine/table.ts';
import { RECOVER_BUDGET_MS } from '../limits.ts';
import type { Command } from '../model/operation.ts';
import type { Target } from '../model/partition.ts';
import type { Core, Observation } from '../model/picture.ts';
import { incarnationsOf, policiesOf } from './freeze.ts';
import { isNamed, type Planned, refusal, unknownNames } from './planned.ts';
import { wavesOf } from './waves.ts';

/** Targets in error or in an unknown state are asked to leave it; where they then are is their own word. */
export function planRecover(core: Core, command: Extract<Command, { kind: 'recover' }>): Planned {
  const strangers = unknownNames(core, command.targets);
  if (strangers !== undefined) return strangers;
  const broken = [...core.fleet.values()].filter(
    (observation) => isNamed(command.targets, observation) && canRecover(core, observation),
  );
  const healthy = command.targets.filter(
    (name) => core.fleet.has(name as Target) && !broken.some((o) => o.target === name),
  );
  if (healthy.length > 0) {
    return refusal(
      'REFUSED',
      `${healthy.join(', ')}: not in error or unknown with a process attached; name only those that are`,
    );
  }
  if (broken.length === 0) {
    return refusal(
      'REFUSED',
      'no such target is in error or in an unknown state with a process attached: nothing to recover',
    );
  }
  const members = broken.map(({ segment, ordinal }) => ({ segment, ordinal, from: '', to: '' }));
  const { partition, journal } = core;
  return {
    kind: 'planned',
    operation: {
      command,
      title: `recover ${broken.length === 1 ? broken[0]?.target : `${broken.length} targets`}`,
      machineHash: partition.machineHash,
      runNumber: journal.run?.number ?? 0,
      steps: [
        {
          transition: RECOVER,
          arguments: {},
          // Each target recovers for itself.
          onFailure: 'continue',
          stopPath: false,
          budgetMs: RECOVER_BUDGET_MS,
          waves: wavesOf(partition, { order: [] }, members),
        },
      ],
      incarnations: incarnationsOf(core, broken),
      policies: policiesOf(partition),
      leftOut: [],
    },
  };
}

function canRecover(core: Core, { target, connected, foreignJournalId, reported }: Observation): boolean {
  if (!connected || foreignJournalId !== '' || core.journal.unknown[target] !== undefined) return false;
  return reported?.attached === true && (reported.inError || reported.state === '');
}
