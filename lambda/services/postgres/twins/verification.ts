import { EndpointConfig } from '../../../../src/private/rotation-config';
import { Credential } from '../../../engine/contract/credential';
import { NoVerdict, RotationError, SignInRefused } from '../../../engine/contract/errors';
import { address } from '../../../engine/contract/tls-errors';
import { Connector } from '../connector';
import { quoteIdentifier } from '../identifiers';
import { Session } from '../session';
import { TurnedAway } from '../sign-in-errors';
import { Pair } from './pair';
import { actingRole } from './state';
import { readSettings } from './survey';

/** Signs in as clients will, and looks whom the session acts as. */
export class Verification {
  constructor(private readonly pair: Pair, private readonly connector: Connector) {}

  /** All endpoints at once: they wait for the same replication. */
  async verify(credential: Credential): Promise<void> {
    const { verifyEndpoints = [] } = this.connector.config;
    const outcomes = await Promise.allSettled([
      this.signIn(credential, this.connector.config),
      ...verifyEndpoints.map(async endpoint => this.waitFor(credential, endpoint)),
    ]);
    const failed = outcomes.find(outcome => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  private async waitFor(credential: Credential, endpoint: EndpointConfig): Promise<void> {
    const { deadline, measurements } = this.connector.invocation;
    try {
      await deadline.retry(async () => this.signIn(credential, endpoint), mayBeLag, () => { measurements.retries++; });
    } catch (error: unknown) {
      throw mayBeLag(error) ? neverFollowed(endpoint, error) : error;
    }
  }

  private async signIn(credential: Credential, { host, port }: EndpointConfig): Promise<void> {
    const endpoint = { host, port };
    const session = await this.connector.signIn(credential, { endpoint });
    try {
      await this.assertActing(session, endpoint);
    } finally {
      await session.end();
    }
  }

  /** Acting fails open: without the membership, or with a setting `role=none`, a sign-in succeeds and runs as the login. */
  private async assertActing(session: Session, { host, port }: EndpointConfig): Promise<void> {
    const expected = actingRole(this.pair, this.pair.ownerRole === undefined ? await readSettings(session, this.pair) : [], session.database);
    const [row] = await session.query<{ signedInAs: string; actsAs: string }>('SELECT session_user AS "signedInAs", current_user AS "actsAs"');
    const wrong = [
      ...session.authenticationMethod === 'none' ? ['the server asked for no password, so the sign-in proves nothing'] : [],
      ...session.startupWarnings,
      ...row?.signedInAs === session.username ? [] : [`session_user is ${quoteIdentifier(row?.signedInAs ?? '')}`],
      ...row?.actsAs === expected ? [] : [`the session acts as ${quoteIdentifier(row?.actsAs ?? '')}, and must act as ${quoteIdentifier(expected)}`],
    ];
    if (wrong.length === 0) return;
    throw new RotationError('VERIFICATION_FAILED', `signed in as ${quoteIdentifier(session.username)} at ${host}:${port}: ${wrong.join('; ')}`, {
      remedy: 'Look for a `role` setting or a membership that somebody changed meanwhile; the next rotation sets both again',
    });
  }
}

/** A reader that has not replayed the change yet refuses the password, or knows nothing of the membership. */
function mayBeLag(error: unknown): error is RotationError {
  const kinds = [SignInRefused, NoVerdict, TurnedAway];
  return kinds.some(kind => error instanceof kind) || (error instanceof RotationError && error.code === 'VERIFICATION_FAILED');
}

function neverFollowed(endpoint: EndpointConfig, { reason }: RotationError): NoVerdict {
  return new NoVerdict('DEADLINE', `the time of the function was used up while waiting for ${address(endpoint)} of \`verifyEndpoints\` to accept the new password; at last ${reason}`, {
    remedy: 'See whether that server replicates from the writer, and how far it lags behind. Secrets Manager retries the rotation; raise `timeout` if the lag is usual',
  });
}
