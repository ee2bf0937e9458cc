import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { IAMClient } from '@aws-sdk/client-iam';
import { MemoryDBClient } from '@aws-sdk/client-memorydb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { FAULT_KINDS, FaultKind } from './outside';

export type AwsService = keyof typeof CLIENTS;

export interface AwsRequest {
  /** E.g. `GetSecretValue`. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** How long the caller waits for an answer, in milliseconds. */
  readonly patienceMs: number;
  /** The configuration of the client that was called. */
  readonly config: { readonly credentials?: unknown };
}

export type Answer = (request: AwsRequest) => Promise<unknown>;

type Send = (this: { readonly config: AwsRequest['config'] }, command: { readonly input: AwsRequest['input'] }, options?: { readonly requestTimeout?: number }) => Promise<unknown>;

const CLIENTS = { 'Secrets Manager': SecretsManagerClient, 'IAM': IAMClient, 'STS': STSClient, 'ElastiCache': ElastiCacheClient, 'MemoryDB': MemoryDBClient } as const;
const PATIENCE_MS = 5_000;

/** What may go wrong at a call of AWS: what only reads has no effect before or after which it could fail. */
export function faultsOf(action: string): readonly FaultKind[] {
  const ofRead: readonly FaultKind[] = ['killed before', 'fails before', 'unanswered', 'refused', 'throttled', 'frozen'];
  return /^(Get|Describe|List)/.test(action) ? ofRead : FAULT_KINDS;
}

/** What the SDK throws when the connection is lost. */
export function connectionReset(): Error {
  return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

/** Answers the calls of the AWS SDK's clients in this process, without a network. Returns how to give them back. */
export function answerAwsClients(answers: Readonly<Partial<Record<AwsService, Answer>>>): () => void {
  const services = Object.keys(answers) as AwsService[];
  for (const service of services) {
    const answer = answers[service];
    const send: Send = function (command, options) {
      if (answer === undefined) throw new Error(`nobody answers for ${service}`);
      const action = command.constructor.name.replace(/Command\d*$/, '');
      return answer({ action, input: command.input, patienceMs: options?.requestTimeout ?? PATIENCE_MS, config: this.config });
    };
    Object.assign(CLIENTS[service].prototype, { send });
  }
  return () => services.forEach((service) => { Reflect.deleteProperty(CLIENTS[service].prototype, 'send'); });
}
