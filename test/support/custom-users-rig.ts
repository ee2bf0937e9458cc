import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { loaded } from './custom-service';
import { PASSWORD_POLICY, RotationRig } from './rotation-rig';
import { AlternatingUsersStrategy } from '../../lambda/alternating-users/strategy';
import { RotationStrategy } from '../../lambda/engine/strategy';
import { ManagedUser } from '../../lambda/services/custom/managed-user';
import { OwnUsers } from '../../lambda/services/custom/own-users';
import { SelfServingUser } from '../../lambda/services/custom/self-serving-user';
import { TwinUsers } from '../../lambda/services/custom/twin-users';
import { SingleUserStrategy } from '../../lambda/single-user/strategy';
import { SuperuserStrategy } from '../../lambda/superuser/strategy';
import { CustomRotationConfig } from '../../src/private/rotation-config';

/** What happens to the next request with this path, before or after its effect: an answer with this status, or none, with the connection lost or kept. */
export interface ServerFault {
  readonly path: string;
  readonly when: 'before' | 'after';
  readonly status?: number;
  readonly silent?: boolean;
}

/** A small database of users behind HTTP, of which this library knows nothing. Each request has a login with it, or the session that a sign-in began. */
export class UserServer {
  readonly passwords = new Map([['root', 'the-password-of-root'], ['app', 'the-first-password']]);
  readonly groups = new Map([['app', 'shop']]);
  readonly faults: ServerFault[] = [];
  /** Loses every connection while it is set. */
  down = false;
  signIns = 0;
  private readonly sessions = new Set<string>();
  private readonly server: Server = createServer((request, response) => { void this.answer(request, response); });

  /** Called with each request that it performed, before the answer. */
  performed: (path: string, status: number) => void | Promise<void> = () => undefined;

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
    const at = this.faults.findIndex((fault) => fault.path === path);
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    if (fault?.silent === true) return;
    if (this.down) return void request.socket.destroy();
    const status = fault?.when === 'before' ? 500 : await this.perform(path, JSON.parse(Buffer.concat(parts).toString()) as Record<string, string>);
    if (fault !== undefined && fault.status === undefined) return void request.socket.destroy();
    response.writeHead(fault?.status ?? status).end(path === '/sign-in' ? this.begin() : undefined);
  }

  private begin(): string {
    const session = randomUUID();
    this.sessions.add(session);
    return session;
  }

  private async perform(path: string, { username = '', password = '', session = '', name = '', value = '' }: Record<string, string>): Promise<number> {
    const status = this.sessions.has(session) || this.passwords.get(username) === password ? 200 : 401;
    if (path === '/sign-in') this.signIns++;
    if (status === 200 && path === '/password') this.passwords.set(name, value);
    if (status === 200 && path === '/alike') this.groups.set(name, this.groups.get(value) ?? '');
    await this.performed(path, status);
    return status;
  }
}

/** The file that its users' author would write. */
export const USERS = `
  exports.contractVersion = 1;
  const CODES = { 401: 'REFUSED', 422: 'REJECTED', 403: 'PERMISSION_DENIED', 503: 'BUSY' };
  exports.createService = ({ signal }) => {
    const call = async (path, body) => {
      const failure = (code) => Object.assign(new Error(path + ' failed'), { code });
      const response = await fetch('http://127.0.0.1:PORT' + path, { method: 'POST', body: JSON.stringify(body), signal }).catch(() => { throw failure('UNREACHABLE'); });
      if (response.status !== 200) throw failure(CODES[response.status] ?? 'UNREACHABLE');
      return response.text();
    };
    return {
      family: 'users',
      facts: { engine: 'shelf' },
      signIn: async (login) => {
        const session = await call('/sign-in', login);
        const who = CONNECTED ? { session } : login;
        return {
          setPassword: ({ username, password }) => call('/password', { ...who, name: username, value: password }),
          makeAlike: ({ current, pending }) => call('/alike', { ...who, name: pending.username, value: current.username }),
          check: () => call('/check', who),
          end: async () => undefined,
        };
      },
    };
  };
`;

/** As the composition roots do. */
const STRATEGIES: Readonly<Record<StrategyName, (users: OwnUsers, config: CustomRotationConfig) => RotationStrategy>> = {
  'single user': (users, config) => new SingleUserStrategy(new SelfServingUser(users), { ...config, username: users.username }),
  'superuser': (users, config) => new SuperuserStrategy(new ManagedUser(users), { ...config, username: users.username }),
  'alternating users': (users, config) => new AlternatingUsersStrategy(new TwinUsers(users), config),
};

export type StrategyName = 'single user' | 'superuser' | 'alternating users';

export interface CustomUsersOptions {
  /** The text of the file; PORT and CONNECTED are filled in. */
  readonly source?: string;
  /** Whether the service keeps the session that it began, or signs in with each request. */
  readonly connected?: boolean;
  readonly config?: Partial<CustomRotationConfig>;
  readonly remainingMs?: number;
}

/** A rotation of users of the server by one of the strategies, and what a test wants to know of it. */
export class CustomUsersRotation {
  static async start(strategy: StrategyName, options: CustomUsersOptions = {}): Promise<CustomUsersRotation> {
    const { source = USERS, connected = false, config, remainingMs = 3_000 } = options;
    const server = new UserServer();
    const service = loaded(source.replace('PORT', String(await server.start())).replace('CONNECTED', String(connected)));
    const rig: RotationRig = await RotationRig.start<CustomRotationConfig>({
      config: {
        service: 'custom', host: 'shelf.example.com', port: 7000, username: 'app', alternateUsername: 'app_clone', passwordPolicy: PASSWORD_POLICY, ...config,
      },
      strategy: (read, invocation) => STRATEGIES[strategy](new OwnUsers(service, read, invocation), read),
      secretString: '{"username":"app","password":"the-first-password"}',
      remainingMs,
    });
    const { arn } = rig.secretsManager.createSecret({ name: 'root', secretString: '{"username":"root","password":"the-password-of-root"}' });
    if (strategy !== 'single user') rig.configure({ superuserSecretArn: arn });
    return new CustomUsersRotation(server, rig, arn);
  }

  private constructor(readonly server: UserServer, readonly rig: RotationRig, readonly superuserSecretArn: string) {}

  async stop(): Promise<void> {
    await this.rig.stop();
    await this.server.stop();
  }

  signsIn(label: string): boolean {
    const { username, password } = this.rig.labelled(label) ?? {};
    return this.server.passwords.get(String(username)) === password;
  }

  /** Every password that the secret holds or held, and the superuser's. */
  secrets(): string[] {
    const { secretsManager, secretArn } = this.rig;
    return ['the-password-of-root', ...Object.values(secretsManager.snapshot(secretArn).labels).flatMap((versionId) => {
      const password = versionId === undefined ? undefined : this.rig.value(versionId)?.password;
      return typeof password === 'string' ? [password] : [];
    })];
  }

  /** The sum of a metric over all steps. */
  metric(name: string): number {
    return this.rig.lines.reduce((sum, line) => sum + Number(line[name] ?? 0), 0);
  }
}
