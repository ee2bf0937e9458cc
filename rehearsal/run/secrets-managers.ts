import { randomUUID } from 'node:crypto';
import { partitionOf } from '../assembly/aws-environment';
import type { SecretDefinition } from '../assembly/secrets';
import type { Stack } from '../assembly/template';
import { AuthorizationDecision, AuthorizationRequest, LocalSecretsManager, RotationEvent } from '../secrets-manager';
import { callSecretsManager } from './json-client';

export interface Hooks {
  authorize(request: AuthorizationRequest): AuthorizationDecision;
  invokeFunction(functionArn: string, event: RotationEvent): Promise<void>;
}

export interface RunningSecretsManager {
  readonly service: LocalSecretsManager;
  readonly endpoint: string;
}

/** A local Secrets Manager for each account and region of the assembly. */
export class SecretsManagers {
  private readonly running = new Map<string, RunningSecretsManager>();

  /** Whom they ask and invoke is known only when the assembly is read with their ARNs. */
  constructor(private readonly hooks: Hooks) {}

  async of(stack: Pick<Stack, 'account' | 'region'>): Promise<RunningSecretsManager> {
    const key = `${stack.account}/${stack.region}`;
    const known = this.running.get(key);
    if (known !== undefined) return known;
    const service = new LocalSecretsManager({
      account: stack.account,
      region: stack.region,
      partition: partitionOf(stack.region).name,
      authorize: request => this.hooks.authorize(request),
      invokeFunction: (functionArn, event) => this.hooks.invokeFunction(functionArn, event),
    });
    const started = { service, ...await service.start() };
    this.running.set(key, started);
    return started;
  }

  /** Creates the secrets without values, which may depend on each other's ARNs. Returns the ARNs by key. */
  async create(secrets: readonly SecretDefinition[]): Promise<ReadonlyMap<string, string>> {
    const arns = new Map<string, string>();
    for (const { key, name, kmsKeyId, tags, resource } of secrets) {
      const { service } = await this.of(resource.stack);
      const { arn } = service.createSecret({ name, kmsKeyId, tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) });
      arns.set(key, arn);
    }
    return arns;
  }

  async putValue(secret: SecretDefinition, arn: string, value: string): Promise<void> {
    const { endpoint } = await this.of(secret.resource.stack);
    await callSecretsManager(endpoint, 'PutSecretValue', { SecretId: arn, SecretString: value, ClientRequestToken: randomUUID() });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map(({ service }) => service.stop()));
  }
}
