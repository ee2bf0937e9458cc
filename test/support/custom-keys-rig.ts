import { randomUUID } from 'node:crypto';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { FAST } from './access-key-rotation';
import { loaded } from './custom-service';
import { ServerFault } from './custom-users-rig';
import { PASSWORD_POLICY, RotationRig } from './rotation-rig';
import { multiCredentialStrategy } from '../../lambda/multi-credential/strategy';
import { ownCredentials } from '../../lambda/services/custom/own-credentials';
import { CustomRotationConfig } from '../../src/private/rotation-config';

interface Key {
  readonly id: string;
  readonly value: string;
  createdAt: number;
  lastUsedAt?: number;
}

interface Request {
  readonly token?: string;
  readonly id?: string;
  readonly value?: string;
  readonly values?: readonly string[];
}

/** A vendor of keys behind HTTP, with room for two per principal, of which this library knows nothing. */
class KeyServer {
  keys: Key[] = [];
  token = 'the-token-of-the-administrator';
  readonly faults: ServerFault[] = [];
  verified = 0;
  private readonly server: Server = createServer((request, response) => { void this.answer(request, response); });

  /** Called before the answer to a request whose token is refused. */
  refused: () => void = () => undefined;
  /** Called before the answer to a read. */
  read: () => Promise<void> = async () => undefined;

  async start(): Promise<number> {
    await new Promise<void>((resolve) => { this.server.listen(0, '127.0.0.1', resolve); });
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => { this.server.close(resolve); });
  }

  make(value: string = randomUUID()): Key {
    const key = { id: randomUUID(), value, createdAt: Date.now() };
    this.keys.push(key);
    return key;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '';
    const at = this.faults.findIndex((fault) => fault.path === path);
    const [fault] = at < 0 ? [] : this.faults.splice(at, 1);
    const { status, body } = fault?.when === 'before' ? { status: 500, body: undefined } : await this.perform(path, JSON.parse(Buffer.concat(parts).toString()) as Request);
    if (fault !== undefined && fault.status === undefined) return void request.socket.destroy();
    response.writeHead(fault?.status ?? status).end(JSON.stringify(body ?? {}));
  }

  private async perform(path: string, { token, id, value, values = [] }: Request): Promise<{ status: number; body?: unknown }> {
    if (path === '/verify') return { status: this.verify(value) };
    if (token !== this.token) {
      this.refused();
      return { status: 403 };
    }
    if (path === '/list') {
      await this.read();
      return { status: 200, body: this.keys.map(({ value: _, ...rest }) => rest) };
    }
    if (path === '/issue') return this.keys.length < 2 ? { status: 200, body: this.make() } : { status: 409 };
    if (path === '/retire') this.keys = this.keys.filter((key) => key.id !== id);
    if (path === '/apply') this.keys = values.map((one) => ({ id: randomUUID(), value: one, createdAt: Date.now() }));
    return { status: 200 };
  }

  private verify(value: string | undefined): number {
    const key = this.keys.find((one) => one.value === value);
    if (key === undefined) return 401;
    this.verified++;
    key.lastUsedAt = Date.now();
    return 200;
  }
}

const CALL = `
  exports.contractVersion = 1;
  const CODES = { 401: 'REFUSED', 403: 'SUPERUSER_REFUSED', 409: 'QUOTA_EXCEEDED', 422: 'REJECTED', 503: 'BUSY' };
  const callsOf = ({ superuser, signal }) => {
    const call = async (path, body) => {
      const failure = (code) => Object.assign(new Error(path + ' failed'), { code });
      const response = await fetch('http://127.0.0.1:PORT' + path, { method: 'POST', body: JSON.stringify(body), signal }).catch(() => { throw failure('UNREACHABLE'); });
      if (response.status !== 200) throw failure(CODES[response.status] ?? 'UNREACHABLE');
      return response.json();
    };
    return { call, asAdmin: async (path, body) => call(path, { ...body, token: (await superuser()).token }) };
  };
`;

/** The file that the keys' author would write. */
export const KEYS = `${CALL}
  exports.createService = (context) => {
    const { call, asAdmin } = callsOf(context);
    const list = () => asAdmin('/list');
    return {
      family: 'issued',
      slots: 2,
      facts: { host: 'keys.example.com' },
      idOf: ({ id }) => id,
      list: async () => (await list()).map(({ id, createdAt }) => ({ id, createdAt: new Date(createdAt), active: true })),
      issue: async () => {
        const { id, value } = await asAdmin('/issue');
        return { id, fields: { id, key: value } };
      },
      verify: ({ key }) => call('/verify', { value: key }),
      lastUsed: async (id) => {
        const { lastUsedAt } = (await list()).find((key) => key.id === id) ?? {};
        return lastUsedAt === undefined ? undefined : { at: new Date(lastUsedAt) };
      },
      retire: (id) => asAdmin('/retire', { id }),
    };
  };
`;

/** The same for a service that is told the passwords. */
export const PASSWORDS = `${CALL}
  exports.createService = (context) => {
    const { call, asAdmin } = callsOf(context);
    return {
      family: 'chosen',
      fieldsOf: (password) => ({ username: 'app', password }),
      principalOf: ({ username }) => username === 'app' ? 'the user app' : undefined,
      apply: async (accepted, fence) => {
        await asAdmin('/list');
        await fence();
        await asAdmin('/apply', { values: accepted.map(({ password }) => password) });
      },
      verify: ({ password }) => call('/verify', { value: password }),
    };
  };
`;

/** A rotation of what the server accepts, and what a test wants to know of it. */
export class CustomKeysRotation {
  /** @param source The text of the file; PORT is filled in. */
  static async start(source: string): Promise<CustomKeysRotation> {
    const server = new KeyServer();
    const service = loaded(source.replace('PORT', String(await server.start())));
    if (source.includes('chosen')) server.make('the-first-password');
    const rig: RotationRig = await RotationRig.start<CustomRotationConfig>({
      config: { service: 'custom', passwordPolicy: PASSWORD_POLICY },
      strategy: (config, invocation) => multiCredentialStrategy((context) => ownCredentials(service, context, invocation), config, FAST),
      secretString: '{"username":"app","password":"the-first-password"}',
      remainingMs: 4_000,
    });
    const { arn } = rig.secretsManager.createSecret({ name: 'administrator', secretString: `{"token":"${server.token}"}` });
    rig.configure({ superuserSecretArn: arn });
    return new CustomKeysRotation(server, rig, arn);
  }

  private constructor(readonly server: KeyServer, readonly rig: RotationRig, readonly superuserSecretArn: string) {}

  async stop(): Promise<void> {
    await this.rig.stop();
    await this.server.stop();
  }

  /** Everything so far is two days older. */
  age(): void {
    for (const key of this.server.keys) {
      key.createdAt -= 2 * 86_400_000;
      if (key.lastUsedAt !== undefined) key.lastUsedAt -= 2 * 86_400_000;
    }
  }

  key(label: string): unknown {
    return this.rig.labelled(label)?.key;
  }

  password(label: string): unknown {
    return this.rig.labelled(label)?.password;
  }
}
