import { credentials, makeClientConstructor } from '@grpc/grpc-js';
import { service as healthService } from 'grpc-health-check';

const HealthClient = makeClientConstructor(healthService, 'grpc.health.v1.Health');

/** What grpc.health.v1 says of the server and of the coordinator. */
export async function health(address: string): Promise<readonly unknown[]> {
  const client = new HealthClient(address, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  });
  const check = (service: string) =>
    new Promise((resolve, reject) => {
      client['Check']?.({ service }, (error: Error | null, answer: { status: string }) =>
        error === null ? resolve(answer.status) : reject(error),
      );
    });
  const answers = await Promise.all([check(''), check('baton.v1.Coordinator')]);
  client.close();
  return answers;
}
