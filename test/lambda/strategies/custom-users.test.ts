import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { AlternatingUsersStrategy } from '../../../lambda/alternating-users/strategy';
import { Invocation } from '../../../lambda/engine/contract/invocation';
import { RotationStrategy } from '../../../lambda/engine/strategy';
import { ManagedUser } from '../../../lambda/services/custom/managed-user';
import { OwnUsers } from '../../../lambda/services/custom/own-users';
import { SelfServingUser } from '../../../lambda/services/custom/self-serving-user';
import { TwinUsers } from '../../../lambda/services/custom/twin-users';
import { SingleUserStrategy } from '../../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../../lambda/superuser/strategy';
import { CustomRotationConfig } from '../../../src/private/rotation-config';
import { failureOf } from '../../support/access-key-rotation';
import { loaded } from '../../support/custom-service';
import { PASSWORD_POLICY, RotationRig } from '../../support/rotation-rig';

/** A small database of users behind HTTP, of which this library knows nothing. */
class UserServer {
  readonly passwords = new Map([['root', 'the-password-of-root'], ['app', 'the-first-password']]);
  readonly groups = new Map([['app', 'shop']]);
  /** Answers instead of the next requests with this path, after or before their effect. */
  readonly faults: { readonly path: string; readonly after: boolean; readonly status?: number }[] = [];
  signIns = 0;
  private readonly server: Server = createServer((request, response) => { void this.answer(request, response); });

  async start(): Promise<number> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '';
    const [fault] = this.faults.filter((one) => one.path === path).splice(0, 1);
    if (fault) this.faults.splice(this.faults.indexOf(fault), 1);
    const status = fault && !fault.after ? fault.status : this.perform(path, JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>);
    if (fault && fault.status === undefined) return void request.socket.destroy();
    response.writeHead(fault?.status ?? status ?? 500).end();
  }

  private perform(path: string, { username = '', password = '', name = '', value = '' }: Record<string, string>): number {
    if (path === '/sign-in') this.signIns++;
    if (this.passwords.get(username) !== password) return 401;
    if (path === '/password' && value.includes('!')) return 422; // its policy
    if (path === '/password') this.passwords.set(name, value);
    if (path === '/alike') this.groups.set(name, this.groups.get(value) ?? '');
    return 200;
  }
}

const SERVICE = `
  exports.contractVersion = 1;
  const CODES = { 401: 'REFUSED', 422: 'REJECTED', 403: 'PERMISSION_DENIED', 503: 'BUSY' };
  const call = async (port, path, body) => {
    const failure = (code) => Object.assign(new Error(path + ' failed'), { code });
    const { status } = await fetch('http://127.0.0.1:' + port + path, { method: 'POST', body: JSON.stringify(body) }).catch(() => { throw failure('UNREACHABLE'); });
    if (status !== 200) throw failure(CODES[status] ?? 'UNREACHABLE');
  };
  exports.createService = () => ({
    family: 'users',
    facts: { engine: 'shelf' },
    signIn: async (login) => {
      await call(PORT, '/sign-in', login);
      return {
        setPassword: ({ username, password }) => call(PORT, '/password', { ...login, name: username, value: password }),
        makeAlike: ({ current, pending }) => call(PORT, '/alike', { ...login, name: pending.username, value: current.username }),
        check: () => call(PORT, '/check', login),
        end: async () => undefined,
      };
    },
  });
`;

const STRATEGIES: Readonly<Record<string, (users: OwnUsers, config: CustomRotationConfig) => RotationStrategy>> = {
  'single user': (users, config) => new SingleUserStrategy(new SelfServingUser(users), { ...config, username: users.username }),
  'superuser': (users, config) => new SuperuserStrategy(new ManagedUser(users), { ...config, username: users.username }),
  'alternating users': (users, config) => new AlternatingUsersStrategy(new TwinUsers(users), config),
};

let server: UserServer;
let rig: RotationRig;

async function start(kind: string, source = SERVICE, passwordPolicy = { ...PASSWORD_POLICY, excludeCharacters: '!' }): Promise<void> {
  server = new UserServer();
  const port = await server.start();
  const service = loaded(source.replaceAll('PORT', String(port)));
  const superuser: { arn?: string } = {};
  rig = await RotationRig.start<CustomRotationConfig>({
    config: { service: 'custom', host: 'shelf.example.com', port: 7000, username: 'app', alternateUsername: 'app_clone', passwordPolicy },
    strategy: (read: CustomRotationConfig, invocation: Invocation) => {
      const config = { ...read, superuserSecretArn: superuser.arn };
      return STRATEGIES[kind]?.(new OwnUsers(service, config, invocation), config) as RotationStrategy;
    },
    secretString: '{"username":"app","password":"the-first-password"}',
    remainingMs: 3_000,
  });
  superuser.arn = rig.secretsManager.createSecret({ name: 'root', secretString: '{"username":"root","password":"the-password-of-root"}' }).arn;
}

afterEach(async () => {
  await rig.stop();
  await server.stop();
});

const signsIn = (label: string): boolean => {
  const { username, password } = rig.labelled(label) ?? {};
  return server.passwords.get(String(username)) === password;
};

describe.each(Object.keys(STRATEGIES))('users of a service of one\'s own (%s)', (kind) => {
  test('are rotated: AWSCURRENT signs in, and the secret says where', async () => {
    await start(kind);
    await rig.rotate();
    await rig.rotate();
    expect(signsIn('AWSCURRENT')).toBe(true);
    expect(rig.labelled('AWSCURRENT')).toMatchObject({ engine: 'shelf', host: 'shelf.example.com', port: 7000 });
    expect(rig.output).not.toContain(String(rig.labelled('AWSCURRENT')?.password));
  });

  test('are rotated although the answer to the change is lost', async () => {
    await start(kind);
    server.faults.push({ path: '/password', after: true });
    await rig.stepsWithRetries(rig.begin());
    expect(signsIn('AWSCURRENT')).toBe(true);
  });

  test('keep their password when the service refuses the new one for good, and the next rotation draws another', async () => {
    await start(kind);
    const refused = rig.begin();
    server.faults.push({ path: '/password', after: false, status: 422 });
    expect(await failureOf(rig.steps(refused))).toMatch(/PASSWORD_REJECTED/);
    expect(signsIn('AWSCURRENT')).toBe(true);
    await rig.rotate();
    expect(signsIn('AWSCURRENT')).toBe(true);
    expect(rig.labelled('AWSCURRENT')?.password).not.toBe(rig.value(refused)?.password);
  });

  test('are checked before the first rotation, and nothing changes', async () => {
    await start(kind);
    const before = new Map(server.passwords);
    await rig.step('testSecret', rig.secretsManager.beginRotationTest(rig.secretArn, 'empty'));
    expect(server.passwords).toEqual(before);
    expect(server.signIns).toBe(1);
  }, 20_000);

  test('fail at the first step when the file does not fit, before anything changes', async () => {
    await start(kind, 'exports.contractVersion = 7;');
    expect(await failureOf(rig.rotate())).toMatch(/CONTRACT_MISMATCH/);
    expect(signsIn('AWSCURRENT')).toBe(true);
  });
});

describe('what else happens to users of a service of one\'s own', () => {
  test('one user: the old password comes back when the new one is not seen to sign in', async () => {
    await start('single user');
    server.faults.push({ path: '/sign-in', after: false, status: 200 }, { path: '/sign-in', after: false, status: 401 });
    expect(await failureOf(rig.rotate())).toMatch(/VERIFICATION_FAILED/);
    expect(signsIn('AWSCURRENT')).toBe(true);
  });

  test('the superuser\'s secret is read again when it is refused', async () => {
    await start('superuser');
    server.faults.push({ path: '/sign-in', after: false, status: 401 });
    await rig.rotate();
    expect(signsIn('AWSCURRENT')).toBe(true);
  });

  test('twins are alike before the second one is used, and both sign in', async () => {
    await start('alternating users');
    await rig.rotate();
    expect(rig.labelled('AWSCURRENT')?.username).toBe('app_clone');
    expect(server.groups.get('app_clone')).toBe('shop');
    expect([signsIn('AWSCURRENT'), signsIn('AWSPREVIOUS')]).toEqual([true, true]);
  });

  test('twins need makeAlike: without it the rotation fails before anything changes', async () => {
    await start('alternating users', SERVICE.replace('makeAlike', 'somethingElse'));
    const before = new Map(server.passwords);
    expect(await failureOf(rig.rotate())).toMatch(/CONTRACT_MISMATCH.*makeAlike/);
    expect(server.passwords).toEqual(before);
  });
});
