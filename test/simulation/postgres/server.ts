import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { Backup, Catalog, Grant, Ownership, Role, Settings, Table } from './catalog';
import { passwordWrong, serverError } from './errors';
import { ServerSession, SessionSettings } from './session';
import { VirtualTime } from '../virtual-time';

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A sign-in that was tried. */
export interface TriedSignIn {
  readonly username: string;
  readonly database: string;
  readonly accepted: boolean;
}

/** As much of a PostgreSQL server as rotations see, in memory: roles, memberships, settings, sessions, transactions, locks. */
export class SimulatedServer {
  readonly catalog = new Catalog();
  readonly signIns: TriedSignIn[] = [];
  /** So many passwords to come are refused by the server's policy. */
  passwordsToRefuse = 0;
  private readonly sessions = new Set<ServerSession>();
  private readonly locks = new Map<string, ServerSession>();

  /** `version` as `server_version_num`, e.g. 180000. */
  constructor(readonly time: VirtualTime, readonly version: number) {}

  /** A role as somebody made it before. */
  createRole(role: Partial<Role> & Pick<Role, 'name'>, password?: string): void {
    this.put('roles', {
      canLogin: password !== undefined,
      inherits: true,
      isSuperuser: false,
      createsRoles: false,
      connectionLimit: -1,
      ...role,
      ...password === undefined ? {} : { password: verifierOf(password) },
    });
  }

  grant(grant: Grant): void {
    this.put('grants', grant);
  }

  /** A row as somebody else committed it, whoever is about to change it. */
  put(table: 'roles', row: Role): void;
  put(table: 'grants', row: Grant): void;
  put(table: 'settings', row: Settings): void;
  put(table: 'ownerships', row: Ownership): void;
  put(table: Table, row: Role | Grant | Settings | Ownership): void {
    this.catalog.put(table, row);
  }

  setPassword(name: string, password: string): void {
    const role = this.role(name);
    if (role === undefined) throw new Error(`there is no role ${name}`);
    this.createRole(role, password);
  }

  role(name: string): Role | undefined {
    return this.catalog.begin().role(name);
  }

  /** Whether a new sign-in would be accepted; nobody signs in. */
  accepts(login: Login): boolean {
    return this.role(login.username)?.canLogin === true && this.isProven(login);
  }

  /** Who may not sign in learns so once the password is proven (InitializeSessionUserId in PostgreSQL's miscinit.c). */
  signIn(login: Login, database: string, settings: SessionSettings): ServerSession {
    const { username } = login;
    this.signIns.push({ username, database, accepted: this.accepts(login) });
    if (!this.isProven(login)) throw passwordWrong(username);
    if (!this.accepts(login)) throw serverError('28000', `role "${username}" is not permitted to log in`, 'InitializeSessionUserId');
    const session = new ServerSession(this, username, database, settings);
    this.sessions.add(session);
    return session;
  }

  sessionsOf(username: string): number {
    return [...this.sessions].filter((session) => session.username === username).length;
  }

  tryLock(key: string, session: ServerSession): boolean {
    const holder = this.locks.get(key);
    if (holder === undefined) this.locks.set(key, session);
    return holder === undefined || holder === session;
  }

  forget(session: ServerSession): void {
    this.sessions.delete(session);
    for (const [key, holder] of [...this.locks]) if (holder === session) this.locks.delete(key);
  }

  private isProven({ username, password }: Login): boolean {
    const role = this.role(username);
    const expired = role?.validUntil !== undefined && role.validUntil <= this.time.now;
    return role?.password !== undefined && !expired && proves(password, role.password);
  }

  restart(): void {
    for (const session of [...this.sessions]) session.end();
  }

  /** From a backup; `time` is not turned back. */
  restore(backup: Backup): void {
    this.restart();
    this.catalog.restore(backup);
  }
}

/** One iteration, which a server may be configured to (scram_iterations): so many sign-ins are tried here. */
const ITERATIONS = 1;

function verifierOf(password: string): string {
  const salt = createHash('sha256').update(password).digest().subarray(0, 16);
  const { storedKey, serverKey } = keysOf(password, salt, ITERATIONS);
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

const proven = new Map<string, boolean>();

/** RFC 5802: whoever knows the password can compute StoredKey. */
function proves(password: string, verifier: string): boolean {
  const key = `${password}\0${verifier}`;
  const known = proven.get(key);
  if (known !== undefined) return known;
  const [, iterations = '0', salt = '', storedKey = ''] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(verifier) ?? [];
  const answer = Number(iterations) > 0 && keysOf(password, Buffer.from(salt, 'base64'), Number(iterations)).storedKey === storedKey;
  if (proven.size > 50_000) proven.clear();
  proven.set(key, answer);
  return answer;
}

function keysOf(password: string, salt: Buffer, iterations: number): { readonly storedKey: string; readonly serverKey: string } {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  return { storedKey: createHash('sha256').update(hmac('Client Key')).digest('base64'), serverKey: hmac('Server Key').toString('base64') };
}

export { ITERATIONS as SCRAM_ITERATIONS };
