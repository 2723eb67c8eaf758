// The side that answers: many targets in one process, each with a server and an address of its own.

import { answerParent } from './child.ts';
import { type HostedPlaces, type HostSetting, hostQuestion, type Way } from './messages.ts';

type Serve = (setting: HostSetting) => Promise<HostedPlaces>;

/** Each process loads only what its own way needs. */
const SERVE: Readonly<Record<Way, () => Promise<Serve>>> = {
  product: async () => (await import('./product/sidecars.ts')).startSidecars,
  floor: async () => (await import('./floor/servers.ts')).serveFloor,
  bare: async () => (await import('./bare/servers.ts')).serveEchoes,
};

answerParent(async (raw) => {
  const question = hostQuestion.parse(raw);
  if (question.ask === 'start') {
    const serve = await SERVE[question.setting.way]();
    return { places: await serve(question.setting) };
  }
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
});
