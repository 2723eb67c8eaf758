// Reflection for `grpcurl` and its like. What it tells takes some 50 ms and 2 MB to make ready, which a sidecar
// beside each process does not spend before somebody asks.

import type { Server, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { assert } from './failure/invariant.ts';

type Adding = Pick<Server, 'addService'>;

/** Handlers by the path of their service: there are two versions of reflection. */
type Ready = ReadonlyMap<string, UntypedServiceImplementation>;

/** Made once for each set of services: a benchmark runs a thousand servers in one process. */
const made = new Map<string, Ready>();

/** Lets `server` tell of `services`; `load` gives the definitions that these are in, when they are first asked for. */
export function addReflection(
  server: Adding,
  services: readonly string[],
  load: () => PackageDefinition,
): void {
  const late: Adding['addService'] = (definition, { ...handlers }) => {
    const names = Object.keys(handlers);
    const later = names.map((name) => {
      const handle = (call: unknown): void => {
        const handler = ready(services, load).get(pathOf(definition))?.[name];
        assert(handler !== undefined, 'reflection has the same versions whatever it tells');
        Reflect.apply(handler, undefined, [call]);
      };
      return [name, handle];
    });
    server.addService(definition, Object.fromEntries(later));
  };
  // One that tells nothing costs nothing, and has the same methods.
  new ReflectionService({}, { services: [] }).addToServer({ addService: late });
}

function ready(services: readonly string[], load: () => PackageDefinition): Ready {
  const key = services.join();
  const known = made.get(key);
  if (known !== undefined) return known;
  const handlers = new Map<string, UntypedServiceImplementation>();
  new ReflectionService(load(), { services: [...services] }).addToServer({
    addService: (definition, implementation) => handlers.set(pathOf(definition), implementation),
  });
  made.set(key, handlers);
  return handlers;
}

function pathOf(definition: ServiceDefinition): string {
  return Object.values(definition)[0]?.path ?? '';
}
