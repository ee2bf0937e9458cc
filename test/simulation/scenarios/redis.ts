import { createHandler } from '../../../lambda/engine/handler';
import { multiCredentialStrategy } from '../../../lambda/multi-credential/strategy';
import { RedisUser } from '../../../lambda/services/redis/redis-user';
import { RedisRotationConfig } from '../../../src/private/rotation-config';
import { PASSWORD_POLICY } from '../../support/rotation-rig';
import { Subject } from '../promises';
import { answerRedisConnections, hashOf, SimulatedNode } from '../simulated-redis';
import { RotatedSecret, World } from '../world';
import { isUntold, labelsOf, operatorsOf, rotateUndisturbed } from './operators';

const NODES = ['first-node.internal', 'second-node.internal'].map((host) => ({ host, port: 6379 }));

const handler = createHandler<RedisRotationConfig>((config, invocation) => multiCredentialStrategy(
  (context) => new RedisUser(config, invocation, config.superuserSecretArn === undefined ? undefined : () => context.superuser()), config));

/** A user of two nodes of Redis, whose passwords a superuser changes, or the user itself. */
export class RedisSubject implements Subject {
  static async start(world: World, by: 'superuser' | 'itself'): Promise<RedisSubject> {
    const nodes = NODES.map((endpoint) => new SimulatedNode(endpoint));
    const superuser = { username: 'admin', password: 'the-first-password-of-the-superuser' };
    for (const node of nodes) {
      node.set('app', [hashOf('the-first-password-of-the-user')]);
      node.set(superuser.username, [hashOf(superuser.password)]);
    }
    world.releasing(answerRedisConnections(world.outside, nodes));
    const superuserSecretArn = by === 'superuser' ? world.secret('superuser', superuser) : undefined;
    const secret = world.rotates(world.secret('app', { username: 'app', password: 'the-first-password-of-the-user', note: 'kept' }), handler, {
      service: 'redis', username: 'app', nodes: NODES, passwordPolicy: PASSWORD_POLICY, superuserSecretArn,
    });
    await rotateUndisturbed(world, secret, 1);
    return new RedisSubject(world, nodes, secret);
  }

  private constructor(private readonly world: World, private readonly nodes: readonly SimulatedNode[], readonly secret: RotatedSecret) {}

  get always(): Subject['always'] {
    return { 'AWSCURRENT is accepted at every node': () => this.isAccepted('AWSCURRENT') };
  }

  get finally(): Subject['finally'] {
    return {
      'AWSCURRENT is accepted at every node': () => this.isAccepted('AWSCURRENT'),
      'AWSPREVIOUS is accepted, too, and nothing else': () => this.isAccepted('AWSPREVIOUS') && this.nodes.every((node) => node.hashes('app').length === 2),
      'no password is told': () => isUntold(this.world, this.secret, 'password') && !this.world.output.includes('the-first-password'),
    };
  }

  get state(): string {
    return JSON.stringify([labelsOf(this.secret), this.nodes.map((node) => node.hashes('app'))]);
  }

  get acts(): Subject['acts'] {
    return operatorsOf(this.secret);
  }

  private isAccepted(label: string): boolean {
    const { username, password } = this.secret.value(this.secret.labels[label]) ?? {};
    return this.nodes.every((node) => node.accepts(String(username), String(password)));
  }
}
