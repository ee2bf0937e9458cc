import { masterOf } from './database-servers';
import { inOrderOfDependence } from './dependence';
import type { SecretsManagers } from './secrets-managers';
import { Target, Targets } from './targets';
import { findRotations, findSecret, RotationDefinition } from '../assembly/discovery';
import { Resolver } from '../assembly/resolver';
import { keyArnOf } from '../assembly/resource-policies';
import { SecretValues } from '../assembly/secret-values';
import { findSecrets, SecretDefinition } from '../assembly/secrets';
import type { Assembly } from '../assembly/template';
import { ifResolvable, Unresolvable } from '../assembly/unresolvable';
import type { SkippedRotation } from '../report/model';

/** What there is to rehearse, and what it needs. */
export interface Plan {
  readonly values: SecretValues;
  /** Those whose first value can be worked out; others stay without. */
  readonly secrets: readonly SecretDefinition[];
  readonly rotations: readonly PlannedRotation[];
  readonly skipped: readonly SkippedRotation[];
}

export interface PlannedRotation {
  readonly rotation: RotationDefinition;
  readonly target: Target;
}

/** Names a `--superuser` that is no secret of the assembly. */
export class UnknownSuperuser extends Error {
  constructor(logicalId: string, known: readonly string[]) {
    super(`--superuser ${logicalId}: no secret of the assembly has this logical id; there are ${known.join(', ') || 'none'}`);
    this.name = 'UnknownSuperuser';
  }
}

/** Creates the assembly's secrets and works out which of its rotations can be rehearsed. */
export async function makePlan(assembly: Assembly, superusers: readonly string[], secretsManagers: SecretsManagers): Promise<Plan> {
  const { secrets, unresolvable } = findSecrets(new Resolver({ assembly }));
  const logicalIds = secrets.map(({ resource }) => resource.logicalId);
  const stranger = superusers.find(id => !logicalIds.includes(id));
  if (stranger !== undefined) throw new UnknownSuperuser(stranger, logicalIds);
  const values = new SecretValues(assembly, await secretsManagers.create(secrets), secrets);
  const found = findRotations(values, unresolvable);
  const targets = new Targets(values, superusers);
  const skipped: SkippedRotation[] = [...found.skipped];
  const rotations: PlannedRotation[] = [];
  for (const rotation of inOrderOfDependence(found.rotations)) {
    try {
      rotations.push({ rotation, target: preparable(rotation, targets.of(rotation), values) });
    } catch (error: unknown) {
      if (!(error instanceof Unresolvable)) throw error;
      skipped.push({ constructPath: rotation.constructPath, reason: error.message });
    }
  }
  return { values, rotations, skipped, secrets: secrets.filter(secret => ifResolvable(() => values.valueOf(secret)) !== undefined) };
}

/** Whether everything is known that will be needed; throws `Unresolvable` else. */
function preparable({ secret, config }: RotationDefinition, target: Target, values: SecretValues): Target {
  masterOf(target, values);
  const superuser = config?.superuserSecretArn === undefined ? [] : [findSecret(values, config.superuserSecretArn)];
  for (const used of [secret, ...superuser]) {
    values.valueOf(used);
    if (used.kmsKeyId !== undefined) keyArnOf(values.resolver, used.kmsKeyId);
  }
  return target;
}
