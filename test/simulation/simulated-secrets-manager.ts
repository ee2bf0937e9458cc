import { SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { Answer, connectionReset, faultsOf } from './aws-clients';
import { Outside } from './outside';
import { LocalSecretsManager, SecretsManagerError } from '../../rehearsal/secrets-manager';

/** The local Secrets Manager, through everything that may happen on the way. */
export function throughFaults(outside: Outside, secretsManager: LocalSecretsManager): Answer {
  return ({ action, input, patienceMs }) => outside.call({
    service: 'Secrets Manager',
    what: described(action, input),
    patienceMs,
    faults: faultsOf(action),
    effect: async () => asOutput(await secretsManager.call(action, JSON.stringify(input), 'AKIAFUNCTION').catch((error: unknown) => { throw asException(error); })),
    lost: connectionReset,
    refusal: () => exception('InvalidRequestException', 'refused', 400),
    throttling: () => exception('ThrottlingException', 'Rate exceeded', 400),
  });
}

function described(action: string, { VersionStage: label }: Readonly<Record<string, unknown>>): string {
  return typeof label === 'string' ? `${action} ${label.replace(/\/issuing\/.*/, '/issuing/…')}` : action;
}

/** Timestamps of AWS JSON are seconds. */
function asOutput(output: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(output).map(([name, value]) => [name, /Date$/.test(name) && typeof value === 'number' ? new Date(value * 1000) : value]));
}

function asException(error: unknown): unknown {
  return error instanceof SecretsManagerError ? exception(error.name, error.message, error.status) : error;
}

function exception(name: string, message: string, httpStatusCode: number): SecretsManagerServiceException {
  return new SecretsManagerServiceException({ name, message, $fault: httpStatusCode < 500 ? 'client' : 'server', $metadata: { httpStatusCode } });
}
