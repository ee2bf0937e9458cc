import { bundleWithCa, canSignIn, CURRENT, fieldsOf, hashesAt, hashesOf, OLD, startNode, stopAll, SUPERUSER } from './redis-rig';
import { multiCredentialStrategy } from '../../../../lambda/multi-credential/strategy';
import { RedisUser } from '../../../../lambda/services/redis/redis-user';
import type { RedisServer } from '../../../../rehearsal/redis';
import type { RedisRotationConfig } from '../../../../src/private/rotation-config';
import { PASSWORD_POLICY, RotationRig, StepFailed, STEPS } from '../../../support/rotation-rig';

jest.setTimeout(60_000);

let rig: RotationRig;
afterEach(async () => {
  await rig.stop();
  await stopAll();
});

async function startRotation(nodes: readonly RedisServer[], remainingMs = 20_000): Promise<void> {
  const bundle = bundleWithCa();
  const endpoints = nodes.map(({ host, port }) => ({ host, port }));
  const user = { username: 'app', nodes: endpoints, customCertificateAuthority: true };
  rig = await RotationRig.start<RedisRotationConfig>({
    config: { service: 'redis', passwordPolicy: PASSWORD_POLICY, ...user },
    strategy: (config, invocation) => multiCredentialStrategy(
      (context) => new RedisUser(config, invocation, () => context.superuser(), bundle), config),
    secretString: JSON.stringify(fieldsOf(CURRENT)),
    remainingMs,
  });
  rig.configure({ superuserSecretArn: rig.secretsManager.createSecret({ name: 'superuser', secretString: JSON.stringify(SUPERUSER) }).arn });
}

const passwordOf = (label: string): string => String(rig.labelled(label)?.password);

async function expectAccepted(nodes: readonly RedisServer[], ...labels: readonly string[]): Promise<void> {
  for (const node of nodes) {
    for (const label of labels) expect(await canSignIn(node, passwordOf(label))).toBe(true);
  }
}

describe('a rotation', () => {
  test('of a user on two nodes never has a client refused that reads the secret once between two rotations', async () => {
    const nodes = [await startNode([OLD, CURRENT]), await startNode([CURRENT])];
    await startRotation(nodes);
    for (let rotation = 1; rotation <= 3; rotation++) {
      const token = rig.begin();
      for (const step of STEPS) {
        await rig.step(step, token);
        await expectAccepted(nodes, 'AWSCURRENT');
      }
      await expectAccepted(nodes, 'AWSCURRENT', 'AWSPREVIOUS');
      for (const node of nodes) expect(await hashesAt(node)).toEqual(hashesOf(passwordOf('AWSCURRENT'), passwordOf('AWSPREVIOUS')));
    }
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ username: 'app', host: nodes[0]?.host, port: nodes[0]?.port });
    for (const secret of [SUPERUSER.password, CURRENT, passwordOf('AWSCURRENT'), passwordOf('AWSPREVIOUS')]) expect(rig.output).not.toContain(secret);
  });

  test('fails while a node is down, moves nothing, and goes through when the node is back', async () => {
    const [up, down] = [await startNode(), await startNode()];
    await startRotation([up, down], 4_000);
    await down.kill();
    const token = rig.begin();
    await expect(rig.steps(token)).rejects.toThrow(StepFailed);
    expect(passwordOf('AWSCURRENT')).toBe(CURRENT);
    await expectAccepted([up], 'AWSCURRENT');
    await down.restart();
    await rig.stepsWithRetries(token);
    await expectAccepted([up, down], 'AWSCURRENT', 'AWSPREVIOUS');
  });

  test('fails to promote what a node forgot by its restart, and goes through by a retry', async () => {
    const nodes = [await startNode(), await startNode()];
    await startRotation(nodes, 4_000);
    const token = rig.begin();
    await rig.step('createSecret', token);
    await rig.step('setSecret', token);
    await nodes[1]?.command('ACL', 'SETUSER', 'app', 'resetpass', `>${CURRENT}`);
    await expect(rig.step('finishSecret', token)).rejects.toThrow('VERIFICATION_FAILED');
    await expectAccepted(nodes, 'AWSCURRENT');
    await rig.stepsWithRetries(token);
    await expectAccepted(nodes, 'AWSCURRENT', 'AWSPREVIOUS');
  });
});
