import { strike, Struck } from './faults';
import { LocalSmtpOptions } from './options';
import { smtpPassword } from './smtp-password';

/** What is remembered of a sign-in. Never a password. */
export interface RecordedSignIn {
  /** Counts all sessions, from 1. */
  readonly session: number;
  readonly accessKeyId: string;
  /** The code that was answered, 235 for success, or `lostAnswer` and `hang` where no answer was given. */
  readonly outcome: number | 'lostAnswer' | 'hang';
}

/** https://docs.aws.amazon.com/ses/latest/dg/troubleshoot-smtp.html */
const REFUSED = { kind: 'reply', code: 535, message: 'Authentication Credentials Invalid' } as const;

/** Asks IAM whose credentials these are, and remembers what it said. */
export class SignIns {
  readonly recorded: RecordedSignIn[] = [];

  constructor(private readonly options: LocalSmtpOptions) {}

  /** Rejects with Struck unless the credential is good. */
  async signIn(session: number, accessKeyId: string, password: string): Promise<void> {
    try {
      await this.judge(session, accessKeyId, password);
      this.recorded.push({ session, accessKeyId, outcome: 235 });
    } catch (error) {
      if (error instanceof Struck) this.recorded.push({ session, accessKeyId, outcome: outcomeOf(error) });
      throw error;
    }
  }

  private async judge(session: number, accessKeyId: string, password: string): Promise<void> {
    const { iam, region, fault } = this.options;
    await strike(fault?.({ moment: 'beforeAuth', session, accessKeyId }));
    const verdict = iam.use(accessKeyId, secret => smtpPassword(secret, region) === password, 'ses', region);
    await strike(fault?.({ moment: 'afterAuth', session, accessKeyId }));
    await strike(verdict === 'accepted' ? undefined : REFUSED);
  }
}

function outcomeOf({ fault }: Struck): RecordedSignIn['outcome'] {
  return fault.kind === 'reply' ? fault.code : fault.kind;
}
