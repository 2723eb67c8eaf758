// The bare way: the smallest message of the contract down each stream, its echo up again.

import type { Fleet } from '../client.ts';
import { openFan } from '../fan.ts';
import type { ClientSetting, HostedPlaces } from '../messages.ts';

/** Streams to all echoes. */
export async function connectBare(_: ClientSetting, places: HostedPlaces): Promise<Fleet> {
  const fan = await openFan(places, () => undefined);
  let operations = 0;
  return {
    operate: () => {
      operations += 1;
      const message = { heartbeat: { stateNumber: operations } };
      return fan.round(() => message);
    },
    sizes: () => ({ state: 0, accepted: 0, ended: [] }),
  };
}
