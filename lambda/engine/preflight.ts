import { RECOVERY } from './labels';
import { Rotation } from './rotation';
import { SecretVersion } from './secret-version';

/** What testSecret was asked for: to check before the first rotation, or within one. */
export type TestRequest =
  | { readonly kind: 'preflight'; readonly current: SecretVersion }
  | { readonly kind: 'rotation'; readonly pending: SecretVersion }
  | { readonly kind: 'already current' };

/**
 * With RotateImmediately=false Secrets Manager runs testSecret alone, on a version without a value or with the one of AWSCURRENT
 * (RotateSecret, Secrets Manager API reference). A version that our createSecret made carries our label and is never taken for that.
 */
export async function testRequest(rotation: Rotation): Promise<TestRequest> {
  const pending = await rotation.pendingOrEmpty();
  if (pending === undefined) {
    await rotation.fence();
    return { kind: 'preflight', current: await rotation.versions.current() };
  }
  if (pending.labels.includes(RECOVERY)) {
    const owned = await rotation.owned(pending);
    return owned === 'already current' ? { kind: 'already current' } : { kind: 'rotation', pending: owned };
  }
  const current = await rotation.versions.current();
  if (current.versionId === pending.versionId) return { kind: 'already current' };
  return current.document.equals(pending.document) ? { kind: 'preflight', current } : { kind: 'rotation', pending };
}
