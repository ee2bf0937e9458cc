import { FEWEST_SLOTS, issued, lastUse, listed, membersOfSecret, MOST_SLOTS, nameOrNone } from './answers';
import { checked, createService } from './create-service';
import { LoadedService, mismatch } from './load-service';
import { ServiceCalls } from './service-calls';
import { secretsOf } from './service-errors';
import type { ChosenCredentials, IssuedCredentials, SecretFields, ServiceContext } from '../../../service';
import type { Invocation } from '../../engine/contract/invocation';

const ISSUED = ['idOf', 'list', 'issue', 'verify', 'retire'] as const;
const CHOSEN = ['fieldsOf', 'principalOf', 'apply', 'verify'] as const;

/** A service of the user's own for `MultiCredentialRotation`: its answers are checked, its errors translated, and all but `issue` is tried again while there is no verdict. */
export function ownCredentials(loaded: LoadedService, context: ServiceContext, invocation: Invocation): IssuedCredentials | ChosenCredentials {
  const calls = new ServiceCalls(invocation);
  const service = createService(loaded, context, calls);
  if (service.family === 'issued') return new OwnIssuedCredentials(checked('it', service, ISSUED), calls);
  if (service.family === 'chosen') return new OwnChosenCredentials(checked('it', service, CHOSEN), calls);
  throw mismatch(`its family must be 'issued' or 'chosen' for MultiCredentialRotation, not ${JSON.stringify(service.family)}`);
}

class OwnIssuedCredentials implements IssuedCredentials {
  readonly family = 'issued';
  readonly slots: number;
  readonly facts?: SecretFields;
  readonly lastUsed?: IssuedCredentials['lastUsed'];
  readonly deactivate?: IssuedCredentials['deactivate'];

  constructor(private readonly service: IssuedCredentials, private readonly calls: ServiceCalls) {
    const { slots, facts, lastUsed, deactivate } = service;
    if (!Number.isInteger(slots) || slots < FEWEST_SLOTS || slots > MOST_SLOTS) {
      throw mismatch(`slots must be a whole number from ${FEWEST_SLOTS} to ${MOST_SLOTS}, not ${JSON.stringify(slots)}`);
    }
    this.slots = slots;
    this.facts = facts;
    this.lastUsed = lastUsed && ((id) => calls.repeated('lastUsed', async () => lastUse(await lastUsed.call(service, id))));
    this.deactivate = deactivate && ((id) => calls.repeated('deactivate', () => deactivate.call(service, id)));
  }

  idOf(fields: SecretFields): string | undefined {
    const id = this.calls.now('idOf', () => nameOrNone('idOf', this.service.idOf(fields)), fields);
    this.calls.remember(secretsOf(fields, [id, ...Object.values(this.facts ?? {})]));
    return id;
  }

  list(): ReturnType<IssuedCredentials['list']> {
    return this.calls.repeated('list', async () => listed(await this.service.list()));
  }

  issue(): ReturnType<IssuedCredentials['issue']> {
    return this.calls.once('issue', async () => issued(await this.service.issue(), (fields) => this.idOf(fields)));
  }

  async verify(fields: SecretFields): Promise<void> {
    this.idOf(fields);
    await this.calls.signIn('verify', () => this.service.verify(fields));
  }

  retire(id: string): Promise<void> {
    return this.calls.repeated('retire', () => this.service.retire(id));
  }
}

class OwnChosenCredentials implements ChosenCredentials {
  readonly family = 'chosen';
  readonly facts?: SecretFields;
  readonly check?: ChosenCredentials['check'];

  constructor(private readonly service: ChosenCredentials, private readonly calls: ServiceCalls) {
    const { facts, check } = service;
    this.facts = facts;
    this.check = check && (async (current) => {
      this.given(current);
      await calls.repeated('check', () => check.call(service, current));
    });
  }

  fieldsOf(password: string): SecretFields {
    this.calls.remember([password]);
    return this.calls.now('fieldsOf', () => membersOfSecret(this.service.fieldsOf(password)));
  }

  principalOf(fields: SecretFields): string | undefined {
    const principal = this.calls.now('principalOf', () => nameOrNone('principalOf', this.service.principalOf(fields)), fields);
    this.calls.remember(secretsOf(fields, [principal, ...Object.values(this.facts ?? {})]));
    return principal;
  }

  async apply(accepted: readonly SecretFields[], fence: () => Promise<void>): Promise<void> {
    this.given(...accepted);
    await this.calls.repeated('apply', () => this.service.apply(accepted, fence));
  }

  async verify(fields: SecretFields): Promise<void> {
    this.given(fields);
    await this.calls.signIn('verify', () => this.service.verify(fields));
  }

  private given(...values: readonly SecretFields[]): void {
    values.forEach((fields) => this.principalOf(fields));
  }
}
