/**
 * Amazon SES's SMTP endpoint on this machine, which accepts the passwords that SES derives from the access keys of a local IAM.
 * What it does not do, it says: nothing is delivered, and neither identities nor `ses:SendRawEmail` are asked for.
 */
export { SmtpFaults } from './faults';
export type { SmtpFault, SmtpFaultPoint } from './faults';
export { LocalSmtp } from './local-smtp';
export type { LocalSmtpAddresses, RecordedMessage } from './local-smtp';
export type { LocalSmtpOptions } from './options';
export type { RecordedSignIn } from './sign-ins';
