import { CacheFaultPoint } from './faults';
import { AuthorizationDecision, AuthorizationRequest, Fault } from '../secrets-manager';

export interface LocalCachesOptions {
  /** @default '111122223333' */
  readonly account?: string;
  /** @default 'us-east-1' */
  readonly region?: string;
  /** @default 'aws' */
  readonly partition?: string;
  /**
   * Consulted for every call, before and after its effect.
   *
   * @default - no faults
   */
  readonly fault?: (point: CacheFaultPoint) => Fault | undefined;
  /**
   * Asked for every call, by the ARN of the user.
   *
   * @default - everything is allowed
   */
  readonly authorize?: (request: AuthorizationRequest) => AuthorizationDecision;
  /**
   * For how long a user is `modifying` after a change: until then the server accepts what it accepted before. However short,
   * the next DescribeUsers sees it once. 0: the server has the change when the call is answered.
   *
   * @default 0
   */
  readonly modifyingMs?: number;
}

/** The options with their defaults. */
export type Settings = Required<LocalCachesOptions>;

export function withDefaults(options: LocalCachesOptions): Settings {
  return {
    account: '111122223333',
    region: 'us-east-1',
    partition: 'aws',
    fault: () => undefined,
    authorize: () => ({ allowed: true, reason: 'everything is allowed' }),
    modifyingMs: 0,
    ...Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)),
  };
}
