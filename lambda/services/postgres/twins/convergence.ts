import { PostgresRotationConfig } from '../../../../src/private/rotation-config';
import { RotationError } from '../../../engine/contract/errors';
import { Invocation } from '../../../engine/contract/invocation';
import { passwordError } from '../password-errors';
import { Session } from '../session';
import { despiteContention } from './contention';
import { StoredPair } from './converge-request';
import { creations } from './creation';
import { differences } from './drift';
import { errorOf } from './finding';
import { Pair } from './pair';
import { alterPassword } from './password';
import { refusals } from './refusals';
import { RepairOptions, repairs } from './repairs';
import { State } from './state';
import { makeOptional, makeRequired, Statement } from './statements';
import { survey } from './survey';

export interface Converged {
  readonly state: State;
  readonly stored: StoredPair;
}

/** One transaction: afterwards both users are equal and the pending one has its new password, or nothing has changed. */
export class Convergence {
  constructor(private readonly pair: Pair, private readonly config: PostgresRotationConfig, private readonly invocation: Invocation) {}

  /** Returns what was committed. */
  async run(session: Session, fence: () => Promise<StoredPair>): Promise<Converged> {
    const converged = await despiteContention(this.invocation, async () =>
      session.transaction(async () => this.change(session, await this.survey(session), fence)));
    await this.reportSessions(session, converged.stored.pending.credential.username);
    return converged;
  }

  /** Nothing but the password's own statement comes between the last look at the labels and the commit. */
  private async change(session: Session, before: State, fence: () => Promise<StoredPair>): Promise<Converged> {
    const stored = await fence();
    this.assertTurns(stored);
    const options = this.optionsFor(stored.pending.credential.username);
    this.refuse(before, options);
    const state = await this.repair(session, await this.create(session, before, stored), options);
    if (state !== before) this.assertTurns(await fence());
    await alterPassword(session, stored.pending, this.config);
    this.judge(state, options);
    return { state, stored };
  }

  /** The password of a user that clients use is never changed. */
  private assertTurns({ current, pending }: StoredPair): void {
    if (this.pair.other(pending.credential.username) === current.credential.username) return;
    throw new RotationError('USERNAME_NOT_CONFIGURED', `AWSCURRENT and AWSPENDING of ${pending.secretArn} are not ${this.pair.describe()} in turn`, {
      remedy: 'Rotate anew: the next rotation draws a password for the user that AWSCURRENT does not use',
    });
  }

  private async survey(session: Session): Promise<State> {
    return survey(session, this.pair, this.config.memberOf ?? []);
  }

  private optionsFor(pending: string): RepairOptions {
    return { pending, memberOf: this.config.memberOf ?? [], passwordExpires: this.config.passwordValidForSeconds !== undefined };
  }

  private refuse(state: State, options: RepairOptions): void {
    const found = refusals(this.pair, state, options);
    if (found.length > 0) throw errorOf('USER_UNUSABLE', `${this.pair.describe()} cannot take turns`, found);
  }

  /** They live on; when their clients sign in anew with the old copy of the secret they are refused. */
  private async reportSessions(session: Session, username: string): Promise<void> {
    const [row] = await session.query<{ count: number }>('SELECT count(*)::int AS count FROM pg_catalog.pg_stat_activity WHERE usename = $1', [username]);
    if (row === undefined || row.count === 0) return;
    this.invocation.log.warn('the user whose password changes still has open sessions: their clients hold an old copy of the secret', { username, count: row.count });
  }

  private async create(session: Session, state: State, stored: StoredPair): Promise<State> {
    const missing = await creations(session, this.pair, state, this.config, stored);
    for (const statement of missing) await this.make(session, state, statement, stored);
    return missing.length === 0 ? state : this.survey(session);
  }

  /** A password that the server refuses for the user that is made, it would refuse at each retry. */
  private async make(session: Session, state: State, statement: Statement, { pending: { credential: { username } } }: StoredPair): Promise<void> {
    try {
      await makeRequired(session, state.superuser, statement);
    } catch (error: unknown) {
      throw statement.user === username ? passwordError(error, session, username) : error;
    }
  }

  /** What one statement brings about may call for another. */
  private async repair(session: Session, state: State, options: RepairOptions, made: readonly string[] = []): Promise<State> {
    const open = repairs(this.pair, state, options).filter(repair => !made.includes(repair.sql));
    if (open.length === 0) return state;
    this.invocation.log.info('making both users equal', { drift: open.map(repair => repair.what) });
    for (const repair of open) {
      if (repair.setting === undefined) await makeRequired(session, state.superuser, repair);
      else await makeOptional(session, repair);
    }
    return this.repair(session, await this.survey(session), options, [...made, ...open.map(repair => repair.sql)]);
  }

  /** Acting as the same role, both have the same rights by construction: what is compared is the configuration. */
  private judge(state: State, options: RepairOptions): void {
    const drift = differences(this.pair, state, this.config, options);
    if (drift.length === 0) return;
    if (this.config.onDrift !== 'WARN') throw errorOf('DRIFT', `${this.pair.describe()} would not be equal`, drift);
    this.invocation.log.warn('both users are not equal', { drift: drift.map(difference => difference.what) });
  }
}
