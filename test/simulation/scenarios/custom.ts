import { AlternatingUsersStrategy } from '../../../lambda/alternating-users/strategy';
import { Invocation } from '../../../lambda/engine/contract/invocation';
import { createHandler } from '../../../lambda/engine/handler';
import { RotationStrategy } from '../../../lambda/engine/strategy';
import { ManagedUser } from '../../../lambda/services/custom/managed-user';
import { OwnUsers } from '../../../lambda/services/custom/own-users';
import { SelfServingUser } from '../../../lambda/services/custom/self-serving-user';
import { TwinUsers } from '../../../lambda/services/custom/twin-users';
import { SingleUserStrategy } from '../../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../../lambda/superuser/strategy';
import type { Login, Session, Users } from '../../../service';
import { CustomRotationConfig } from '../../../src/private/rotation-config';
import { PASSWORD_POLICY } from '../../support/rotation-rig';
import { FaultKind, Outside } from '../outside';
import { Subject } from '../promises';
import { RotatedSecret, World } from '../world';
import { isUntold, labelsOf, operatorsOf, rotateUndisturbed } from './operators';

export type CustomStrategy = 'single-user' | 'superuser' | 'alternating-users';

const SUPERUSER = { username: 'root', password: 'the-first-password-of-the-superuser' };
const USER = { username: 'app', password: 'the-first-password-of-the-user' };
const PATIENCE_MS = 5_000;

const standing: { service?: SimulatedUsers } = {};

const HANDLERS = {
  'single-user': createHandler<CustomRotationConfig>((config, invocation) => strategyOf('single-user', config, invocation)),
  'superuser': createHandler<CustomRotationConfig>((config, invocation) => strategyOf('superuser', config, invocation)),
  'alternating-users': createHandler<CustomRotationConfig>((config, invocation) => strategyOf('alternating-users', config, invocation)),
} as const;

/** As the composition roots do. */
function strategyOf(strategy: CustomStrategy, config: CustomRotationConfig, invocation: Invocation): RotationStrategy {
  const { service } = standing;
  if (service === undefined) throw new Error('there is no service');
  const users = new OwnUsers({ createService: ({ signal }) => service.heeding(signal) }, config, invocation);
  if (strategy === 'single-user') return new SingleUserStrategy(new SelfServingUser(users), { ...config, username: users.username });
  if (strategy === 'superuser') return new SuperuserStrategy(new ManagedUser(users), { ...config, username: users.username });
  return new AlternatingUsersStrategy(new TwinUsers(users), config);
}

/** A user of a service of one's own. */
export class CustomSubject implements Subject {
  static async start(world: World, strategy: CustomStrategy): Promise<CustomSubject> {
    const service = new SimulatedUsers(world.outside);
    standing.service = service;
    const superuserArn = world.secret('superuser', SUPERUSER);
    const secret = world.rotates(world.secret('app', { ...USER, note: 'kept' }), HANDLERS[strategy], {
      service: 'custom',
      host: 'shelf.internal',
      port: 7000,
      username: USER.username,
      alternateUsername: 'app_clone',
      passwordPolicy: PASSWORD_POLICY,
      ...strategy === 'single-user' ? {} : { superuserSecretArn: superuserArn },
    });
    await rotateUndisturbed(world, secret, 2);
    return new CustomSubject(world, service, secret, strategy);
  }

  private constructor(
    private readonly world: World,
    private readonly service: SimulatedUsers,
    readonly secret: RotatedSecret,
    private readonly strategy: CustomStrategy,
  ) {}

  get always(): Subject['always'] {
    return {
      ...this.strategy === 'single-user' ? { 'the password in force is in a version that carries a label': () => this.secret.labelled.some((versionId) => this.isInForce(versionId)) } : {},
      ...this.strategy === 'alternating-users' ? { 'AWSCURRENT signs in': () => this.isInForce(this.secret.labels.AWSCURRENT) } : {},
      'nobody signs in but who is configured': () => this.service.signedIn.every((username) => ['app', 'app_clone', 'root'].includes(username)),
    };
  }

  get finally(): Subject['finally'] {
    return {
      'AWSCURRENT signs in': () => this.isInForce(this.secret.labels.AWSCURRENT),
      ...this.strategy === 'alternating-users' ? { 'AWSPREVIOUS signs in, too': () => this.isInForce(this.secret.labels.AWSPREVIOUS) } : {},
      'no password is told': () => isUntold(this.world, this.secret, 'password') && !this.world.output.includes('the-first-password'),
    };
  }

  get state(): string {
    return JSON.stringify([labelsOf(this.secret), [...this.service.passwords]]);
  }

  get acts(): Subject['acts'] {
    return operatorsOf(this.secret);
  }

  private isInForce(versionId: string | undefined): boolean {
    const { username, password } = this.secret.value(versionId) ?? {};
    return this.service.passwords.get(String(username)) === password;
  }
}

/** What an author would write, for users in memory. */
class SimulatedUsers implements Users {
  readonly family = 'users';
  readonly passwords = new Map([SUPERUSER, USER].map(({ username, password }) => [username, password]));
  readonly signedIn: string[] = [];

  constructor(private readonly outside: Outside) {}

  /** What is done for a function that has been given up: nothing (docs/own-service.md). */
  heeding(signal: AbortSignal): Users {
    return { family: this.family, signIn: (login) => this.signIn(login, signal) };
  }

  async signIn({ username, password }: Login, signal = new AbortController().signal): Promise<Session> {
    this.signedIn.push(username);
    await this.call(`sign-in as ${username}`, ['killed before', 'fails before', 'unanswered', 'refused', 'frozen'], () => {
      if (this.passwords.get(username) !== password) throw failure('REFUSED');
    });
    // Without 'late': what takes effect long after it was asked for, no function can call back.
    const change = (what: string, work: () => void): Promise<void> =>
      this.call(what, ['killed before', 'killed after', 'fails before', 'fails after', 'twice', 'unanswered', 'frozen'], () => {
        if (signal.aborted) throw failure('UNREACHABLE');
        work();
      });
    return {
      setPassword: (login) => change('setPassword', () => { this.passwords.set(login.username, login.password); }),
      makeAlike: () => change('makeAlike', () => undefined),
      check: async () => undefined,
      end: async () => undefined,
    };
  }

  private call(what: string, faults: readonly FaultKind[], effect: () => void): Promise<void> {
    return this.outside.call({
      service: 'own service', what, faults, effect, patienceMs: PATIENCE_MS, lost: () => failure('UNREACHABLE'), refusal: () => failure('REFUSED'),
    });
  }
}

function failure(code: string): Error {
  return Object.assign(new Error('it failed'), { code });
}
