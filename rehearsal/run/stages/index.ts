import { AccessKeyStage } from './access-keys';
import { CacheStage } from './caches';
import { CustomStage } from './custom';
import { PostgresStage } from './postgres';
import { RedisStage } from './redis';
import type { Stage, StageBuilder, StageContext } from './stage';
import type { RotationDefinition } from '../../assembly/discovery';
import type { SecretValues } from '../../assembly/secret-values';

export { StandInUnusable } from './custom';
export { assertSecretsKnown } from './postgres';
export type { Stage } from './stage';

/** What the user of the command says of what an app signs in to. */
export interface StageChoices {
  /** Logical ids of the secrets whose users are masters of PostgreSQL servers that are no resources of the assembly. */
  readonly superusers: readonly string[];
  /** Modules that stand in for services of one's own. */
  readonly standIns: readonly string[];
}

type ServiceOfRotation = NonNullable<NonNullable<RotationDefinition['config']>['service']> | 'postgres';

/** All that the rotations of an assembly sign in to, each kind on a stage of its own. */
export class Stages {
  private readonly builders: Readonly<Record<ServiceOfRotation, StageBuilder>>;
  private readonly needed = new Map<StageBuilder, Stage | undefined>();

  constructor(values: SecretValues, { superusers, standIns }: StageChoices) {
    const accessKeys = new AccessKeyStage(values);
    const caches = new CacheStage(values);
    this.builders = {
      postgres: new PostgresStage(values, superusers),
      iam: accessKeys,
      ses: accessKeys,
      redis: new RedisStage(values),
      elasticache: caches,
      memorydb: caches,
      custom: new CustomStage(values, standIns),
    };
  }

  /** Throws `Unresolvable` when the rotation cannot be rehearsed. */
  add(rotation: RotationDefinition): void {
    const builder = this.builderOf(rotation);
    builder.add(rotation);
    this.needed.set(builder, undefined);
  }

  async start(context: StageContext): Promise<void> {
    for (const builder of this.needed.keys()) this.needed.set(builder, await builder.start(context));
  }

  of(rotation: RotationDefinition): Stage {
    const stage = this.needed.get(this.builderOf(rotation));
    if (stage === undefined) throw new Error(`no stage was started for ${rotation.constructPath}`);
    return stage;
  }

  get notes(): readonly string[] {
    return this.started.flatMap(({ notes }) => notes);
  }

  get servers(): readonly string[] {
    return [...new Set(this.started.flatMap(({ servers }) => servers))];
  }

  get hosts(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.started.map(({ hosts }) => hosts)) as Readonly<Record<string, string>>;
  }

  get endpoints(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.started.map(({ endpoints }) => endpoints)) as Readonly<Record<string, string>>;
  }


  get trustsNode(): boolean {
    return this.started.some(({ trustsNode }) => trustsNode);
  }

  async stop(): Promise<void> {
    await Promise.all(this.started.map(stage => stage.stop()));
  }

  private get started(): readonly Stage[] {
    return [...this.needed.values()].filter(stage => stage !== undefined);
  }

  private builderOf({ config }: RotationDefinition): StageBuilder {
    return this.builders[config?.service ?? 'postgres'];
  }
}
