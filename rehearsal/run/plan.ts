import { inOrderOfDependence } from './dependence';
import type { SecretsManagers } from './secrets-managers';
import { assertSecretsKnown, StageChoices, Stages } from './stages';
import { findRotations, RotationDefinition } from '../assembly/discovery';
import { Resolver } from '../assembly/resolver';
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
  readonly rotations: readonly RotationDefinition[];
  /** What they sign in to. */
  readonly stages: Stages;
  readonly skipped: readonly SkippedRotation[];
}

/** Names a `--superuser` that is no secret of the assembly. */
export class UnknownSuperuser extends Error {
  constructor(logicalId: string, known: readonly string[]) {
    super(`--superuser ${logicalId}: no secret of the assembly has this logical id; there are ${known.join(', ') || 'none'}`);
    this.name = 'UnknownSuperuser';
  }
}

/** Creates the assembly's secrets and works out which of its rotations can be rehearsed. */
export async function makePlan(assembly: Assembly, choices: StageChoices, secretsManagers: SecretsManagers): Promise<Plan> {
  const { secrets, unresolvable } = findSecrets(new Resolver({ assembly }));
  const logicalIds = secrets.map(({ resource }) => resource.logicalId);
  const stranger = choices.superusers.find(id => !logicalIds.includes(id));
  if (stranger !== undefined) throw new UnknownSuperuser(stranger, logicalIds);
  const values = new SecretValues(assembly, await secretsManagers.create(secrets), secrets);
  const found = findRotations(values, unresolvable);
  const stages = new Stages(values, choices);
  const skipped: SkippedRotation[] = [...found.skipped];
  const rotations: RotationDefinition[] = [];
  for (const rotation of inOrderOfDependence(found.rotations)) {
    try {
      assertSecretsKnown(rotation, values);
      stages.add(rotation);
      rotations.push(rotation);
    } catch (error: unknown) {
      if (!(error instanceof Unresolvable)) throw error;
      skipped.push({ constructPath: rotation.constructPath, reason: error.message });
    }
  }
  return { values, rotations, stages, skipped, secrets: secrets.filter(secret => ifResolvable(() => values.valueOf(secret)) !== undefined) };
}
