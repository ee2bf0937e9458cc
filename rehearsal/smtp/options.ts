import { SmtpFault, SmtpFaultPoint } from './faults';
import { LocalIam } from '../access-keys';

export interface LocalSmtpOptions {
  /** Whose access keys sign in. */
  readonly iam: LocalIam;
  /** SES derives a password for one region. */
  readonly region: string;
  /** PEM, for the endpoint's name. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /**
   * Consulted for every session, and for every sign-in before and after its credential is looked at.
   *
   * @default - no faults
   */
  readonly fault?: (point: SmtpFaultPoint) => SmtpFault | undefined;
}
