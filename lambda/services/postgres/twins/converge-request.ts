import { Credential, StoredCredential } from '../../../engine/contract/credential';

/** Both users' credentials as the secret holds them at one instant. */
export interface StoredPair {
  readonly current: StoredCredential;
  readonly pending: StoredCredential;
}

export interface ConvergeRequest {
  readonly superuser: Credential;
  /** Reads the pair right before a write, after all waiting; throws when this rotation no longer owns AWSPENDING. */
  readonly fence: () => Promise<StoredPair>;
}
