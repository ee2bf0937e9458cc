import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import type { Invocation } from '../../../../lambda/engine/contract/invocation';
import { RedisUser } from '../../../../lambda/services/redis/redis-user';
import type { RedisServer } from '../../../../rehearsal/redis';
import type { ServerCertificate } from '../../../../rehearsal/tls/certificate-authority';
import type { SecretFields } from '../../../../service';
import type { EndpointConfig, RedisRotationConfig } from '../../../../src/private/rotation-config';
import { authority, startRedis, stopServers, trySignIn } from '../../../rehearsal/redis/harness';
import { CONFIG, testInvocation } from '../iam/iam-rig';

export const SUPERUSER = { username: 'operator', password: 'operators-password-0' };
export const genuine = authority.issue({ hosts: ['127.0.0.1', 'localhost'] });
export const [OLD, CURRENT, PENDING, OTHER] = ['old-PaSsWoRd-00000000', 'current-PaSsWoRd-111111', 'pending-PaSsWoRd-222222', 'other-PaSsWoRd-33333333'] as const;

const closing: (() => unknown)[] = [];

/** Stops what a test started. */
export async function stopAll(): Promise<void> {
  await Promise.all([stopServers(), ...closing.splice(0).map((close) => close())]);
}

/** A node with the user `app`, who may read and write, and has these passwords; without any there is no such user. */
export async function startNode(passwords: readonly string[] = [CURRENT], aclFile = true): Promise<RedisServer> {
  const node = await startRedis({ superuser: SUPERUSER, aclFile });
  if (passwords.length > 0) await node.command('ACL', 'SETUSER', 'app', 'on', '~*', '+@all', '-@dangerous', ...passwords.map((password) => `>${password}`));
  if (aclFile) await node.command('ACL', 'SAVE');
  return node;
}

export function fieldsOf(password: string, username = 'app'): SecretFields {
  return { username, password };
}

export function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** The hashes that a node accepts for the user `app`; undefined where there is no such user. */
export async function hashesAt(node: RedisServer): Promise<readonly string[] | undefined> {
  const answer = await node.command('ACL', 'GETUSER', 'app');
  return Array.isArray(answer) ? [...answer[answer.indexOf('passwords') + 1] as string[]].sort() : undefined;
}

export function hashesOf(...passwords: readonly string[]): readonly string[] {
  return passwords.map(hashOf).sort();
}

export const canSignIn = async (node: RedisServer, password: string): Promise<boolean> => await trySignIn(node, { username: 'app', password }) === 'accepted';

export interface UserOptions {
  readonly invocation?: Invocation;
  /** Undefined: the user itself changes its passwords. */
  readonly superuser?: SecretFields | undefined;
  readonly config?: Partial<RedisRotationConfig>;
}

export function redisUser(nodes: readonly EndpointConfig[], options: UserOptions = {}): RedisUser {
  const { invocation = testInvocation() } = options;
  const superuser = 'superuser' in options ? options.superuser : SUPERUSER;
  const config: RedisRotationConfig = {
    service: 'redis', passwordPolicy: CONFIG.passwordPolicy, username: 'app', nodes: nodes.map(({ host, port }) => ({ host, port })), customCertificateAuthority: true, ...options.config,
  };
  return new RedisUser(config, invocation, superuser && (() => Promise.resolve(superuser)), bundleWithCa());
}

/** A directory like that of the bundle in an asset, with the CA that signed for the nodes. */
export function bundleWithCa(): string {
  const bundle = mkdtempSync(join(tmpdir(), 'redis-bundle-'));
  closing.push(() => rmSync(bundle, { recursive: true }));
  mkdirSync(join(bundle, 'ca'));
  writeFileSync(join(bundle, 'ca/custom.pem'), authority.certificate);
  return bundle;
}

export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Signs in from a process of its own, whose CAs are Node.js's and the nodes'; prints what came of it. */
export async function signInElsewhere({ host, port }: EndpointConfig, login: SecretFields, env: NodeJS.ProcessEnv = {}): Promise<Printed> {
  return promisify(execFile)(process.execPath, ['-r', 'ts-node/register/transpile-only', join(__dirname, 'sign-in-process.ts')], {
    env: { PATH: process.env.PATH, SIGN_IN: JSON.stringify({ host, port, ...login }), NODE_EXTRA_CA_CERTS: join(bundleWithCa(), 'ca/custom.pem'), ...env },
  });
}

export const nobodyOvertook = (): Promise<void> => Promise.resolve();

export interface ScriptedServer extends EndpointConfig {
  /** All that clients sent, decrypted where TLS was spoken. */
  readonly received: () => string;
}

/** Gets what a client sent; what it returns is sent back. Undefined is silence. */
export type Script = (text: string, socket: Socket) => string | undefined;

/** Says what no Redis says. */
export async function startScripted(answer: Script, tls: ServerCertificate | null = genuine): Promise<ScriptedServer> {
  let received = '';
  const sockets = new Set<Socket>();
  const talk = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (data) => {
      received += String(data);
      const reply = answer(String(data), socket);
      if (reply !== undefined) socket.write(reply);
    });
  };
  const server = tls ? createTlsServer({ cert: tls.certificate, key: tls.key }, talk) : createServer(talk);
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  closing.push(() => new Promise<void>((resolve) => {
    server.close(() => resolve());
    sockets.forEach((socket) => socket.destroy());
  }));
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, received: () => received };
}
