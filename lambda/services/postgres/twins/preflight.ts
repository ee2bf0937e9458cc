import { Credential } from '../../../engine/contract/credential';
import { RotationError } from '../../../engine/contract/errors';
import { Connector } from '../connector';
import { Session } from '../session';
import { differences } from './drift';
import { errorOf, Finding } from './finding';
import { Pair } from './pair';
import { refusals } from './refusals';
import { RepairOptions, repairs } from './repairs';
import { missingRights } from './rights';
import { State } from './state';
import { survey } from './survey';

/** Looks, without changing anything, for all that would stop the next rotation or the one after it. */
export class Preflight {
  private readonly memberOf: readonly string[];

  constructor(private readonly pair: Pair, private readonly connector: Connector) {
    this.memberOf = connector.config.memberOf ?? [];
  }

  /** `session` is the superuser's. */
  async run(session: Session, current: Credential): Promise<void> {
    const options = this.optionsFor(this.pair.other(current.username));
    const { state, missing } = await this.read(session, options);
    const problems = [
      ...refusals(this.pair, state, options),
      ...this.unrepairable(state, options),
      ...missing,
      ...state.roles.has(current.username) ? await this.signIns(current) : [], // who does not exist is created
    ];
    if (problems.length > 0) throw errorOf('PREFLIGHT_FAILED', `a rotation of ${this.pair.describe()} would fail`, problems);
  }

  private optionsFor(pending: string): RepairOptions {
    return { pending, memberOf: this.memberOf, passwordExpires: this.connector.config.passwordValidForSeconds !== undefined };
  }

  private async read(session: Session, options: RepairOptions): Promise<{ readonly state: State; readonly missing: readonly Finding[] }> {
    return session.transaction(async () => {
      await session.query('SET TRANSACTION READ ONLY');
      const state = await survey(session, this.pair, this.memberOf);
      return { state, missing: await missingRights(session, this.pair, state, repairs(this.pair, state, options)) };
    });
  }

  /** What a rotation only warns of, it warns of here. */
  private unrepairable(state: State, options: RepairOptions): readonly Finding[] {
    const repairable = new Set(repairs(this.pair, state, options).map(repair => repair.what));
    const drift = differences(this.pair, state, this.connector.config, options).filter(difference => !repairable.has(difference.what));
    if (this.connector.config.onDrift !== 'WARN') return drift;
    if (drift.length > 0) this.connector.invocation.log.warn('both users are not equal', { drift: drift.map(difference => difference.what) });
    return [];
  }

  private async signIns(current: Credential): Promise<readonly Finding[]> {
    const { verifyEndpoints = [] } = this.connector.config;
    const tried = await Promise.all([undefined, ...verifyEndpoints].map(async endpoint => this.signIn(current, { endpoint })));
    return tried.flat();
  }

  private async signIn(current: Credential, options: Parameters<Connector['signIn']>[1]): Promise<readonly Finding[]> {
    try {
      await (await this.connector.signIn(current, options)).end();
      return [];
    } catch (error: unknown) {
      if (error instanceof RotationError) return [{ what: error.reason, remedy: error.remedy }];
      throw error;
    }
  }
}
