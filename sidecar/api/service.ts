import type { Access } from '../../protos/credentials/access.ts';
import { v1 } from '../../protos/load.ts';
import { machineToWire } from '../../protos/machine/wire.ts';
import type { Service } from '../../protos/serve.ts';
import { unary } from '../../protos/unary.ts';
import { type ControlOptions, controlHandler } from './control.ts';
import { getStateResponse } from './outbound.ts';
import { watchHandler } from './watch.ts';

/** Full name of the sidecar's service. */
export const SIDECAR_SERVICE = 'baton.v1.Sidecar';

/** Only the coordinator commands; people may look. */
const ACCESS: Access = {
  Control: ['coordinator'],
  GetState: ['coordinator', 'operator'],
  WatchState: ['coordinator', 'operator'],
  DescribeMachine: ['coordinator', 'operator'],
};

/** baton.v1.Sidecar for one running sidecar. */
export function sidecarService(options: ControlOptions): Service {
  const { sidecar } = options;
  return {
    name: SIDECAR_SERVICE,
    access: ACCESS,
    definition: v1.Sidecar.service,
    handlers: {
      control: controlHandler(options),
      watchState: watchHandler(sidecar),
      getState: unary(() => getStateResponse(sidecar.present())),
      describeMachine: unary(() => ({ machine: machineToWire(sidecar.present().settings.compiled.machine) })),
    },
  };
}
