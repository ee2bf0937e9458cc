import { NO_AWS, Stage, StageBuilder, StageContext, TIMELESS } from './stage';
import type { RotationDefinition } from '../../assembly/discovery';
import { findSecret } from '../../assembly/discovery';
import { keyArnOf } from '../../assembly/resource-policies';
import type { SecretValues } from '../../assembly/secret-values';
import { DatabaseServers, masterOf } from '../database-servers';
import { Target, Targets } from '../targets';

/** PostgreSQL: a real server for each database, with its master user. */
export class PostgresStage implements StageBuilder {
  private readonly targets: Targets;
  private readonly found: Target[] = [];

  /** @param superusers logical ids of the secrets whose users are masters of endpoints */
  constructor(private readonly values: SecretValues, superusers: readonly string[]) {
    this.targets = new Targets(values, superusers);
  }

  add(rotation: RotationDefinition): void {
    const target = this.targets.of(rotation);
    masterOf(target, this.values);
    this.found.push(target);
  }

  async start({ authority, findBinaries }: StageContext): Promise<Stage> {
    const servers = await DatabaseServers.start(this.found, this.values, findBinaries(), authority);
    return {
      ...NO_AWS,
      ...TIMELESS,
      notes: [`PostgreSQL ${servers.version} stands in for ${servers.names.join(', ')}`],
      trustsNode: false,
      servers: [`PostgreSQL ${servers.version}`],
      hosts: servers.hosts,
      clientService: () => ({ kind: 'postgres' }),
      stop: () => servers.stop(),
    };
  }
}

/** Whether everything that a rotation reads in Secrets Manager is known; throws `Unresolvable` else. */
export function assertSecretsKnown({ secret, config }: RotationDefinition, values: SecretValues): void {
  const superuser = config?.superuserSecretArn === undefined ? [] : [findSecret(values, config.superuserSecretArn)];
  for (const used of [secret, ...superuser]) {
    values.valueOf(used);
    if (used.kmsKeyId !== undefined) keyArnOf(values.resolver, used.kmsKeyId);
  }
}
