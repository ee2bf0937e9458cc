import { randomBytes } from 'node:crypto';
import { despiteConcurrentUpdates } from './concurrent-update';
import type { Connector } from './connector';
import { quoteIdentifier, quoteLiteral } from './identifiers';
import { notRestorable } from './own-password-session';
import { passwordError } from './password-errors';
import { lockRole } from './role-lock';
import { computeVerifier, isHashable, saltOf, ScramParameters } from './scram';
import { describe } from './server-errors';
import type { Session } from './session';
import { StatementFailed } from './statement-errors';
import type { Credential, StoredCredential } from '../../engine/contract/credential';
import { NoVerdict, RotationError } from '../../engine/contract/errors';
import type { PasswordSession } from '../../engine/contract/password-session';

interface UserBefore {
  readonly canLogin: boolean;
  readonly validUntil: string;
}

const USER = 'SELECT rolcanlogin AS "canLogin", coalesce(rolvaliduntil::text, \'infinity\') AS "validUntil" FROM pg_catalog.pg_roles WHERE rolname = $1';

const MEMBERSHIPS_MISSING = `
  SELECT wanted AS role FROM pg_catalog.unnest($2::pg_catalog.text[]) AS wanted
  WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_auth_members AS m JOIN pg_catalog.pg_roles AS g ON g.oid = m.roleid JOIN pg_catalog.pg_roles AS u ON u.oid = m.member
    WHERE g.rolname = wanted AND u.rolname = $1)`;

/** A superuser's session, which sets another user's password and makes the user if there is none. */
export class ManagedPasswordSession implements PasswordSession {
  /** As found before the first change; `missing` for a user that the change made. */
  private before?: UserBefore | 'missing';
  private readonly username: string;

  constructor(
    private readonly connector: Connector, private session: Session, private readonly current: Credential,
    /** Signs in as the superuser once more. */
    private readonly reopen: () => Promise<Session>,
  ) {
    this.username = connector.config.username;
  }

  lock(): Promise<void> {
    return lockRole(this.session, this.username, this.connector.invocation);
  }

  async prepareChange(pending: StoredCredential): Promise<() => Promise<void>> {
    const verifier = await this.verifier(pending.credential.password, saltOf(pending));
    const before = this.before ??= await this.read();
    if (before !== 'missing' && !before.canLogin) throw noLogin(this.username);
    if (before !== 'missing' && !isHashable(this.current.password)) throw notRestorable(this.username);
    const { passwordValidForSeconds } = this.connector.config;
    const validUntil = passwordValidForSeconds === undefined ? '' : validUntilClause(new Date(Date.now() + passwordValidForSeconds * 1_000).toISOString());
    return () => this.change(() => this.set(verifier, validUntil));
  }

  /** The superuser never learns what the server stored, so this is a fresh verifier of the same password. */
  async putBack(): Promise<void> {
    if (this.before === undefined || this.before === 'missing') return;
    const verifier = await this.verifier(this.current.password, randomBytes(16));
    const { validUntil } = this.before;
    const clause = this.connector.config.passwordValidForSeconds === undefined ? '' : validUntilClause(validUntil);
    const putBack = (): Promise<void> => this.change(() => this.session.query(this.statement('ALTER', verifier, clause)));
    await putBack().catch(async (error: unknown) => {
      if (!(error instanceof NoVerdict)) throw error;
      await this.session.end();
      this.session = await this.reopen();
      await putBack();
    });
  }

  end(): Promise<void> {
    return this.session.end();
  }

  private verifier(password: string, salt: ScramParameters['salt']): Promise<string> {
    return computeVerifier(password, { salt, iterations: this.session.scramIterations });
  }

  private async read(): Promise<UserBefore | 'missing'> {
    const [user] = await this.session.query<UserBefore>(USER, [this.username]);
    return user ?? 'missing';
  }

  private async set(verifier: string, validUntil: string): Promise<void> {
    await this.session.transaction(async () => {
      const exists = await this.read() !== 'missing';
      await this.session.query(exists ? this.statement('ALTER', verifier, validUntil) : this.statement('CREATE', verifier, `LOGIN ${validUntil}`));
      await this.grantMemberships();
    });
  }

  private async grantMemberships(): Promise<void> {
    const { memberOf = [] } = this.connector.config;
    if (memberOf.length === 0) return;
    for (const { role } of await this.session.query<{ role: string }>(MEMBERSHIPS_MISSING, [this.username, memberOf])) {
      await this.session.query(`GRANT ${quoteIdentifier(role)} TO ${quoteIdentifier(this.username)}`)
        .catch((error: unknown) => { throw membershipError(error, this.session, role); });
    }
  }

  private statement(verb: 'CREATE' | 'ALTER', verifier: string, clauses: string): string {
    return `${verb} ROLE ${quoteIdentifier(this.username)} PASSWORD ${quoteLiteral(verifier)} ${clauses}`;
  }

  private async change(work: () => Promise<unknown>): Promise<void> {
    try {
      await despiteConcurrentUpdates(this.connector.invocation.measurements, work);
    } catch (error: unknown) {
      throw passwordError(error, this.session, this.username);
    }
  }
}

function validUntilClause(timestamp: string): string {
  return `VALID UNTIL ${quoteLiteral(timestamp)}`;
}

/** Roles that the construct names, and the right to grant them, may be gone: that says nothing of the user. */
function membershipError(error: unknown, { username }: Session, role: string): unknown {
  if (!(error instanceof StatementFailed)) return error;
  const name = quoteIdentifier(role);
  if (error.server.sqlState === '42704') return new RotationError('MISCONFIGURED', `the role ${name} of \`memberOf\` does not exist`, { remedy: `CREATE ROLE ${name}, or correct the name` });
  if (error.server.sqlState !== '42501') return error;
  return new RotationError('PERMISSION_DENIED', `"${username}" may not grant ${name}: ${describe(error.server)}`, { remedy: `GRANT ${name} TO ${quoteIdentifier(username)} WITH ADMIN OPTION` });
}

function noLogin(username: string): RotationError {
  return new RotationError('USER_UNUSABLE', `the user "${username}" exists and may not sign in (NOLOGIN); nothing was changed`, { remedy: `ALTER ROLE ${quoteIdentifier(username)} LOGIN` });
}
