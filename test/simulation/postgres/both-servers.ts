import { Client } from 'pg';
import { RecordingWire } from './recording-wire';
import { SimulatedServer } from './server';
import { Credential } from '../../../lambda/engine/contract/credential';
import { RotationError } from '../../../lambda/engine/contract/errors';
import { Connector } from '../../../lambda/services/postgres/connector';
import { ManagedUser } from '../../../lambda/services/postgres/managed-user';
import { OwnUser } from '../../../lambda/services/postgres/own-user';
import { Session } from '../../../lambda/services/postgres/session';
import { Twins } from '../../../lambda/services/postgres/twins';
import type { Wire } from '../../../lambda/services/postgres/wire';
import type { PostgresRotationConfig } from '../../../src/private/rotation-config';
import { Login } from '../../support/postgres';
import { applyChange, pendingFor, testInvocation } from '../../support/postgres-service';

/** Something that is done at a server, by its name and what it is done with. */
export type Deed =
  | { readonly does: 'says'; readonly session: number; readonly as: 'admin' | 'bootstrap'; readonly sql: string }
  | { readonly does: 'leaves'; readonly session: number }
  | { readonly does: 'signs in'; readonly user: number }
  | { readonly does: 'changes its own password'; readonly user: number }
  | { readonly does: 'has its password changed' }
  | { readonly does: 'converges'; readonly pending: number }
  | { readonly does: 'is verified'; readonly user: number }
  | { readonly does: 'is looked at beforehand'; readonly by: 'own' | 'managed' | 'twins' };

export const ADMIN: Login = { username: 'admin', password: 'the-password-of-the-admin' };
export const BOOTSTRAP: Login = { username: 'bootstrap', password: 'bootstrap-password' };
export const USERS = ['app', 'app_clone'] as const;
export const ROLES = [...USERS, 'readers', 'owner'] as const;

/** Does the same at any server, and writes down what was said. */
export class Doer {
  readonly transcript: string[] = [];
  private readonly wire: Wire;
  private readonly sessions = new Map<number, Session>();
  private readonly passwords = new Map<string, string>();
  private changes = 0;

  constructor(private readonly config: PostgresRotationConfig, wire: Wire) {
    this.wire = new RecordingWire(wire, this.transcript);
  }

  async doAll(deeds: readonly Deed[]): Promise<readonly string[]> {
    for (const deed of deeds) {
      this.transcript.push(`— ${JSON.stringify(deed)}`);
      await this.perform(deed).catch((error: unknown) => {
        this.transcript.push(error instanceof RotationError ? error.code : `unexpected: ${String(error)}`);
      });
    }
    for (const session of this.sessions.values()) await session.end();
    return this.transcript;
  }

  private async perform(deed: Deed): Promise<void> {
    switch (deed.does) {
      case 'says': return void await (await this.session(deed.session, deed.as)).query(deed.sql);
      case 'leaves': return this.leave(deed.session);
      case 'signs in': return (await this.connector().signIn(this.credential(deed.user))).end();
      case 'changes its own password': return this.changeOwn(deed.user);
      case 'has its password changed': return this.changeManaged();
      case 'converges': return this.converge(deed.pending);
      case 'is verified': return this.twins().verify(this.credential(deed.user));
      case 'is looked at beforehand': return this.look(deed.by);
    }
  }

  private async session(number: number, as: 'admin' | 'bootstrap'): Promise<Session> {
    const { username, password } = as === 'admin' ? ADMIN : BOOTSTRAP;
    const session = this.sessions.get(number) ?? await this.connector().signIn(new Credential(username, password), { role: 'none' });
    this.sessions.set(number, session);
    return session;
  }

  private async leave(number: number): Promise<void> {
    await this.sessions.get(number)?.end();
    this.sessions.delete(number);
  }

  private async changeOwn(user: number): Promise<void> {
    const credential = this.credential(user);
    const session = await new OwnUser(this.connector()).signIn(credential);
    await this.change(credential.username, async (pending) => {
      await session.lock();
      await applyChange(session, pending);
    }).finally(() => session.end());
  }

  private async changeManaged(): Promise<void> {
    const session = await new ManagedUser(this.connector()).signIn(admin(), this.credential(0));
    await this.change(USERS[0], async (pending) => {
      await session.lock();
      await applyChange(session, pending);
    }).finally(() => session.end());
  }

  private async converge(pendingUser: number): Promise<void> {
    const other = this.credential(1 - pendingUser);
    await this.change(USERS[pendingUser] ?? '', (pending) =>
      this.twins().converge({ superuser: admin(), fence: async () => ({ pending, current: { ...pending, versionId: 'the-other-version', credential: other } }) }));
  }

  private async look(by: 'own' | 'managed' | 'twins'): Promise<void> {
    const current = this.credential(0);
    if (by === 'own') return new OwnUser(this.connector()).preflight(current);
    if (by === 'managed') return new ManagedUser(this.connector()).preflight(admin(), current);
    return this.twins().preflight(admin(), current);
  }

  /** A password counts as known once it was set. */
  private async change(username: string, work: (pending: ReturnType<typeof pendingFor>) => Promise<void>): Promise<void> {
    const pending = { ...pendingFor(username, `password-${++this.changes}`), versionId: `version-${this.changes}` };
    await work(pending);
    this.passwords.set(username, pending.credential.password);
  }

  private credential(user: number): Credential {
    const username = USERS[user] ?? '';
    return new Credential(username, this.passwords.get(username) ?? 'a-password-that-was-never-set');
  }

  private connector(): Connector {
    return new Connector(this.config, testInvocation(), this.wire);
  }

  private twins(): Twins {
    return new Twins(this.connector());
  }
}

function admin(): Credential {
  return new Credential(ADMIN.username, ADMIN.password);
}

/** Those who are there before anything is done. */
export function furnishSimulated(server: SimulatedServer): void {
  server.createRole({ name: BOOTSTRAP.username, isSuperuser: true, createsRoles: true }, BOOTSTRAP.password);
  server.createRole({ name: ADMIN.username, createsRoles: true }, ADMIN.password);
  server.createRole({ name: 'rds_iam' }); // as `createMaster` of the rehearsal does at the real one
}

export async function furnishReal(superuser: Client): Promise<void> {
  await superuser.query(`CREATE ROLE ${ADMIN.username} LOGIN CREATEROLE PASSWORD '${ADMIN.password}'`);
}

/** Everything that deeds may have made. */
export async function clearReal(superuser: Client): Promise<void> {
  for (const role of ROLES) {
    await superuser.query(`DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '${role}') THEN DROP OWNED BY ${role}; END IF; END $$`);
  }
  await superuser.query(`DROP ROLE IF EXISTS ${ROLES.join(', ')}`);
}
