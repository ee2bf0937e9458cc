import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Attack } from './attacks';
import type { Decoy } from './decoy';
import { unreasoned } from '../fuzz/reasoned';
import { RotationRig, StepFailed } from '../support/rotation-rig';

/** What of a secret, or whose, the writer changes. */
export type Place = 'AWSCURRENT' | 'AWSPENDING' | 'AWSPREVIOUS' | 'the superuser\'s secret';

/** A rotation that nobody has tampered with yet, and what may come of it. */
export interface Stage {
  readonly rig: RotationRig;
  /** What AWSCURRENT holds: it works. */
  readonly working: object;
  /** What AWSPREVIOUS and AWSCURRENT are to hold when AWSPREVIOUS is tampered with. @default both what works */
  readonly fallback?: { readonly previous: object; readonly current: object };
  /** What the writer stores for AWSPENDING. */
  readonly pending: object;
  readonly superuser?: { readonly arn: string; readonly value: object };
  /** What each new version must say, whatever the one before said. */
  readonly facts: object;
  /** For whom each new version must be. Without it the service made the name up. */
  readonly usernames?: readonly string[];
  /** As whom the function signed in, or tried to; where the service tells that of strangers alone, those. */
  readonly signIns: () => Promise<readonly string[]>;
  /** Whether the service tells of whom it let in, too. @default true */
  readonly tellsAll?: boolean;
  /** As whom it may: configured users, and whom the superuser's secret names. */
  readonly allowed: readonly string[];
  /** What must be after the rotation as it was before: others' credentials. */
  readonly bystanders: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}

export type Outcome = 'went through' | 'was refused';

/** Tampers, rotates, and checks that nobody was led astray. */
export async function attempt(stage: Stage, decoy: Decoy, place: Place, attack: Attack): Promise<Outcome> {
  const { rig } = stage;
  const token = await tamper(stage, place, attack);
  const bystanders = await stage.bystanders();
  const failure: unknown = await rig.steps(token).then(() => undefined, (error: unknown) => error);
  expect(decoy.connections).toBe(0);
  expect(await stage.bystanders()).toEqual(bystanders);
  expect(readSecrets(rig).filter((arn) => ![rig.secretArn, stage.superuser?.arn].includes(arn))).toEqual([]);
  const who = await stage.signIns();
  // Who the superuser is, its own secret says; where and for whom the superuser works, it does not.
  const allowed = place === 'the superuser\'s secret' ? [...stage.allowed, attack.username] : stage.allowed;
  expect(who.filter((name) => !allowed.includes(name))).toEqual([]);
  if (failure !== undefined) {
    expect(failure instanceof StepFailed ? unreasoned(failure.cause) : 'no step failed').toBeUndefined();
    return 'was refused';
  }
  if (stage.tellsAll ?? true) expect(who).not.toEqual([]);
  if (place !== 'AWSPENDING') expectFacts(stage); // who writes AWSPENDING could write AWSCURRENT: the next version follows the configuration
  return 'went through';
}

function expectFacts({ rig, facts, usernames }: Stage): void {
  const current = rig.labelled('AWSCURRENT') ?? {};
  expect(current).toMatchObject(facts);
  if (usernames !== undefined) expect(usernames).toContain(current.username);
}

/** Returns the token of the rotation that finds it so. */
async function tamper({ rig, ...stage }: Stage, place: Place, attack: Attack): Promise<string> {
  if (place === 'the superuser\'s secret' && stage.superuser !== undefined) await rig.putValue(stage.superuser.arn, JSON.stringify({ ...stage.superuser.value, ...attack }));
  if (place === 'AWSCURRENT') await rig.putValue(rig.secretArn, JSON.stringify({ ...stage.working, ...attack }));
  if (place === 'AWSPREVIOUS') {
    const { previous, current } = stage.fallback ?? { previous: stage.working, current: stage.working };
    await rig.putValue(rig.secretArn, JSON.stringify({ ...previous, ...attack }));
    await rig.putValue(rig.secretArn, JSON.stringify(current));
  }
  const token = rig.begin();
  if (place === 'AWSPENDING') {
    await new SecretsManagerClient({}).send(new PutSecretValueCommand({
      SecretId: rig.secretArn, ClientRequestToken: token, SecretString: JSON.stringify({ ...stage.pending, ...attack }), VersionStages: ['AWSPENDING'],
    }));
  }
  return token;
}

function readSecrets(rig: RotationRig): readonly (string | undefined)[] {
  return rig.secretsManager.calls.filter(({ action }) => action === 'GetSecretValue').map(({ secretArn }) => secretArn);
}
