import { fileURLToPath } from 'node:url';
import { Client, credentials } from '@grpc/grpc-js';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';

/** What reflection answers to a question such as `{ listServices: '' }`, as JSON. */
export async function reflected(address: string, question: object): Promise<string> {
  const proto = fileURLToPath(
    import.meta.resolve('@grpc/reflection/build/proto/grpc/reflection/v1/reflection.proto'),
  );
  const { path, requestSerialize, responseDeserialize } = method(
    proto,
    'grpc.reflection.v1.ServerReflection',
    'ServerReflectionInfo',
  );
  const client = new Client(address, credentials.createInsecure());
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const stream = client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize);
  stream.on('error', reject);
  stream.on('data', (told: unknown) => {
    resolve(JSON.stringify(told));
    client.close();
  });
  stream.end(question);
  return promise;
}

/** A method of a proto file that has no generated types here. */
export function method(proto: string, service: string, name: string): MethodDefinition<object, object> {
  return Reflect.get(loadSync(proto, { enums: String })[service] ?? {}, name);
}
