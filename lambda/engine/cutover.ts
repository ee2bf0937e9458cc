import { NoVerdict, PasswordRejected, RotationError, SignInRefused } from './contract/errors';
import { PasswordSession, Verification } from './contract/password-session';
import { AWSCURRENT } from './labels';
import { PromotionRefused } from './promotion';
import { Rotation } from './rotation';
import { SecretVersion } from './secret-version';

/** A session that may change the password, and what opening it told about the password in force. */
export interface OpenSession {
  readonly session: PasswordSession;
  /** The pending password signed in: it is in force already, and thereby verified. */
  readonly pendingInForce: boolean;
}

/** What a single-credential strategy gives to the cut-over. */
export interface CutoverParts {
  readonly current: SecretVersion;
  readonly pending: SecretVersion;
  readonly open: () => Promise<OpenSession>;
  readonly prepareVerification: () => Promise<Verification>;
}

/**
 * The whole cut-over of a user who has one password, in finishSecret: sign in, lock, fence, change, verify, promote. Between the change and
 * the promotion new sign-ins of clients fail, so nothing else happens there. A lost connection starts it over: each
 * attempt finds out anew which password is in force.
 */
export async function cutOver(rotation: Rotation, parts: CutoverParts): Promise<void> {
  const { deadline, measurements } = rotation.invocation;
  const mayStartOver = (error: unknown): boolean => error instanceof NoVerdict && !measurements.promoted;
  await deadline.retry(() => attempt(rotation, parts), mayStartOver, () => { measurements.retries++; });
}

/** The change alone: setSecret in AWS's own order of steps. */
export async function applyOnly(rotation: Rotation, parts: Pick<CutoverParts, 'current' | 'pending' | 'open'>): Promise<void> {
  const { session, pendingInForce } = await parts.open();
  try {
    await session.lock();
    await (pendingInForce ? rotation.fence(parts.current.versionId) : change(rotation, parts, session));
  } finally {
    await session.end();
  }
}

async function attempt(rotation: Rotation, parts: CutoverParts): Promise<void> {
  const verification = await parts.prepareVerification();
  try {
    const { session, pendingInForce } = await parts.open();
    try {
      await session.lock();
      await (pendingInForce ? promoteAlone(rotation, parts) : changeAndPromote(rotation, parts, session, verification));
    } finally {
      await session.end();
    }
  } finally {
    await verification.end();
  }
}

async function promoteAlone(rotation: Rotation, { current }: CutoverParts): Promise<void> {
  await rotation.fence(current.versionId);
  await rotation.promotion.promote(current.versionId);
}

async function changeAndPromote(rotation: Rotation, parts: CutoverParts, session: PasswordSession, verification: Verification): Promise<void> {
  const { current, pending } = parts;
  await change(rotation, parts, session);
  try {
    await verification.signIn(pending.credential);
  } catch (error: unknown) {
    throw await afterFailedVerification(rotation, current, session, error);
  }
  try {
    await rotation.promotion.promote(current.versionId);
  } catch (error: unknown) {
    // The labels were read after the refusal: AWSCURRENT has not moved.
    if (error instanceof PromotionRefused) await putBack(rotation, session);
    throw error;
  }
}

/** The labels are read right before the change. */
async function change(rotation: Rotation, { current, pending }: Pick<CutoverParts, 'current' | 'pending'>, session: PasswordSession): Promise<void> {
  try {
    const apply = await session.prepareChange(pending);
    await rotation.fence(current.versionId);
    rotation.invocation.measurements.windowOpens();
    await apply();
  } catch (error: unknown) {
    if (error instanceof PasswordRejected) await rotation.versions.giveUpPending(await rotation.fence(current.versionId));
    throw error;
  }
}

/**
 * The old password comes back, unless somebody moved AWSCURRENT meanwhile: not even a rotation that was cancelled right after the change may
 * leave clients with a password that signs in nowhere. A value that was definitely refused is given up then.
 */
async function afterFailedVerification(rotation: Rotation, current: SecretVersion, session: PasswordSession, error: unknown): Promise<RotationError> {
  const labels = await rotation.versions.labels();
  if (!labels.has(current.versionId, AWSCURRENT)) throw rotation.superseded();
  await putBack(rotation, session);
  if (error instanceof SignInRefused) await rotation.versions.giveUpPending(labels);
  return new RotationError('VERIFICATION_FAILED', `the new password was not seen to sign in (${error instanceof RotationError ? error.reason : 'unexpected error'})`, {
    remedy: 'The old password was put back and clients sign in as before. See the reason, then call RotateSecret',
    cause: error,
  });
}

async function putBack(rotation: Rotation, session: PasswordSession): Promise<void> {
  await session.putBack();
  rotation.invocation.measurements.windowCloses();
  rotation.invocation.log.warn('the old password was put back');
}
