import { AccessKey } from './access-key';
import { Settings } from './options';
import { UserStore } from './user-store';

/** Whether services accept a key now, and what it was last used for. */
export class Authenticator {
  constructor(private readonly settings: Settings, private readonly users: UserStore) {}

  /** Undefined for a key that services do not know: none, inactive, deleted, or not known everywhere yet. */
  find(accessKeyId: string): AccessKey | undefined {
    const key = this.users.findKey(accessKeyId);
    const accepted = key?.status === 'Active' && key.isOlderThan(this.settings.propagationMs, this.settings.now());
    return accepted ? key : undefined;
  }

  use(key: AccessKey, serviceName: string, region: string): void {
    key.lastUsed = { at: this.settings.now(), serviceName, region };
    key.reportedUse = this.settings.lastUsed === 'late' ? key.reportedUse : key.lastUsed;
  }
}
