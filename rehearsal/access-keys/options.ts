import { AuthorizationDecision, AuthorizationRequest, Fault } from '../secrets-manager';
import { QueryFaultPoint } from './faults';

export interface LocalIamOptions {
  /** @default '111122223333' */
  readonly account?: string;
  /** @default 'aws' */
  readonly partition?: string;
  /**
   * Consulted for every call, before and after its effect.
   *
   * @default - no faults
   */
  readonly fault?: (point: QueryFaultPoint) => Fault | undefined;
  /**
   * Asked for every call of IAM. GetCallerIdentity needs no permission.
   *
   * @default - everything is allowed
   */
  readonly authorize?: (request: AuthorizationRequest) => AuthorizationDecision;
  /**
   * For how long services refuse a fresh key: "changes are eventually consistent",
   * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html
   *
   * @default 0
   */
  readonly propagationMs?: number;
  /**
   * For how long ListAccessKeys does not show a fresh key, for the same reason.
   *
   * @default 0
   */
  readonly listingMs?: number;
  /**
   * `late`: GetAccessKeyLastUsed does not know uses since the last `age()` yet.
   *
   * @default 'at once'
   */
  readonly lastUsed?: 'at once' | 'late';
  /** @default - the system's clock */
  readonly now?: () => Date;
}

/** The options with their defaults. */
export type Settings = Required<LocalIamOptions>;

export function withDefaults(options: LocalIamOptions): Settings {
  return {
    account: '111122223333',
    partition: 'aws',
    fault: () => undefined,
    authorize: () => ({ allowed: true, reason: 'everything is allowed' }),
    propagationMs: 0,
    listingMs: 0,
    lastUsed: 'at once',
    now: () => new Date(),
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}
