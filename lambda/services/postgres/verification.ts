import type { TLSSocket } from 'node:tls';
import type { Connector } from './connector';
import type { Session } from './session';
import { isAtLimit } from './sign-in-errors';
import type { Credential } from '../../engine/contract/credential';
import { RotationError } from '../../engine/contract/errors';
import type { Verification } from '../../engine/contract/password-session';

/** Clients are refused while a verification waits for a server that is busy or unreachable: better to put the old password back soon. */
const LONGEST_WAIT_MS = 5_000;

/** A sign-in that proves a password. Its connection is opened ahead. */
export class PreparedVerification implements Verification {
  static async prepare(connector: Connector): Promise<PreparedVerification> {
    return new PreparedVerification(connector, await connector.open());
  }

  private goodbye: Promise<void> = Promise.resolve();

  private constructor(private readonly connector: Connector, private readonly socket: TLSSocket) {}

  async signIn(credential: Credential): Promise<void> {
    try {
      this.check(await this.connector.within(LONGEST_WAIT_MS).signIn(credential, { socket: this.socket, whenBusy: 'fail' }));
    } catch (error: unknown) {
      // The server counts connections after it has checked the password, and that is all there is to prove.
      if (!isAtLimit(error)) throw error;
      this.warn('the password was accepted, but a connection limit is reached', credential);
    }
  }

  async end(): Promise<void> {
    this.socket.destroy();
    await this.goodbye;
  }

  private check(session: Session): void {
    this.goodbye = session.end(); // not waited for: clients are refused until the promotion
    for (const warning of session.startupWarnings) this.warn(`the server warned at the sign-in: ${warning}`, session);
    if (session.authenticationMethod !== 'none') return;
    throw new RotationError('VERIFICATION_FAILED', `"${session.username}" signed in, but the server asked for no password, so the sign-in proves nothing`, {
      remedy: 'Ask for a password over TLS in pg_hba.conf',
    });
  }

  private warn(message: string, { username }: { readonly username: string }): void {
    this.connector.invocation.log.warn(message, { username });
  }
}
