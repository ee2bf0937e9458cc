import type { TLSSocket } from 'node:tls';
import type { Connector } from './connector';
import type { Session } from './session';
import { isAtLimit, TurnedAway } from './sign-in-errors';
import type { EndpointConfig } from '../../../src/private/rotation-config';
import type { Credential } from '../../engine/contract/credential';
import { NoVerdict, RotationError } from '../../engine/contract/errors';
import type { Verification } from '../../engine/contract/password-session';

export interface VerificationOptions {
  /** @default the configured one */
  readonly endpoint?: EndpointConfig;
  /** The role that the user must act as. @default not checked */
  readonly expectedRole?: string;
}

/** A sign-in that proves a password, and that the user is who clients expect. Its connection is opened ahead. */
export class PreparedVerification implements Verification {
  static async prepare(connector: Connector, options: VerificationOptions = {}): Promise<PreparedVerification> {
    return new PreparedVerification(connector, options, await connector.open(options.endpoint));
  }

  private goodbye: Promise<void> = Promise.resolve();

  private constructor(private readonly connector: Connector, private readonly options: VerificationOptions, private readonly socket: TLSSocket) {}

  async signIn(credential: Credential): Promise<void> {
    const { endpoint, expectedRole } = this.options;
    try {
      const whenBusy = expectedRole === undefined ? 'fail' : 'retry';
      await this.check(await this.connector.signIn(credential, { endpoint, socket: this.socket, whenBusy }));
    } catch (error: unknown) {
      if (!isAtLimit(error)) throw error;
      this.acceptAtLimit(credential, error);
    }
  }

  async end(): Promise<void> {
    this.socket.destroy();
    await this.goodbye;
  }

  private async check(session: Session): Promise<void> {
    try {
      await this.assertIdentity(session);
    } finally {
      this.goodbye = session.end(); // not waited for: clients are refused until the promotion
    }
  }

  /** The server counts connections after it has checked the password: that is all there is to prove, unless the acting role is. */
  private acceptAtLimit({ username }: Credential, error: TurnedAway): void {
    if (this.options.expectedRole !== undefined) throw new NoVerdict('SERVICE_BUSY', error.reason, { remedy: error.remedy });
    this.connector.invocation.log.warn('the password was accepted, but a connection limit is reached', { username });
  }

  private async assertIdentity(session: Session): Promise<void> {
    if (session.authenticationMethod === 'none') throw failed(session, 'the server asked for no password, so the sign-in proves nothing', 'Ask for a password over TLS in pg_hba.conf');
    const [warning] = session.startupWarnings;
    if (warning !== undefined) throw failed(session, `the server warned: ${warning}`, 'Correct the settings of the role (pg_db_role_setting)');
    const [row] = await session.query<{ sessionUser: string; currentUser: string }>('SELECT session_user AS "sessionUser", current_user AS "currentUser"');
    if (row?.sessionUser !== session.username) throw failed(session, `the server took it for "${row?.sessionUser}"`, 'Look for a user name map before the server');
    const { expectedRole } = this.options;
    if (expectedRole === undefined || row.currentUser === expectedRole) return;
    throw failed(session, `it acts as "${row.currentUser}" and not as "${expectedRole}"`, 'Check the memberships and the `role` settings of the user');
  }
}

function failed(session: Session, what: string, remedy: string): RotationError {
  return new RotationError('VERIFICATION_FAILED', `"${session.username}" signed in, but ${what}`, { remedy });
}
