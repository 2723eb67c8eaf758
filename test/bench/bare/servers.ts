import { serveFan } from '../fan.ts';
import type { HostedPlaces, HostSetting } from '../messages.ts';

/** Servers that send back what they are sent. */
export function serveEchoes(setting: HostSetting): Promise<HostedPlaces> {
  return serveFan(setting, () => ({ heartbeat }) => ({ heartbeat: heartbeat ?? null }));
}
