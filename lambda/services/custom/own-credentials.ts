import { LoadedService, mismatch } from './load-service';
import { secretsOf, translated, wrongAnswer } from './service-errors';
import type { ChosenCredentials, IssuedCredential, IssuedCredentials, ListedCredential, SecretFields, Service, ServiceContext } from '../../../service';
import { SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

const FEWEST_SLOTS = 2;
const MOST_SLOTS = 12;

const ISSUED = ['idOf', 'list', 'issue', 'verify', 'retire'] as const;
const CHOSEN = ['fieldsOf', 'principalOf', 'apply', 'verify'] as const;

/** A service of the user's own for `MultiCredentialRotation`: its answers are checked, its errors translated. */
export function ownCredentials(loaded: LoadedService, context: ServiceContext, invocation: Invocation): IssuedCredentials | ChosenCredentials {
  const known = new Set<string>();
  const service = createService(loaded, { ...context, superuser: () => remembering(known, context.superuser()) });
  if (service.family === 'issued') return issued(checked(service, ISSUED), known, invocation);
  if (service.family === 'chosen') return chosen(checked(service, CHOSEN), known, invocation);
  throw mismatch(`its family must be 'issued' or 'chosen' for MultiCredentialRotation, not ${JSON.stringify(service.family)}`);
}

export function createService(loaded: LoadedService, context: ServiceContext): Service {
  if ('refused' in loaded) throw loaded.refused;
  const service: unknown = loaded.createService(context);
  if (typeof service !== 'object' || service === null || !('family' in service)) throw mismatch('createService returns no service with a family');
  return service as Service;
}

export function checked<T extends object>(service: T, methods: readonly (string & keyof T)[]): T {
  const missing = methods.filter((method) => typeof service[method] !== 'function');
  if (missing.length > 0) throw mismatch(`it has no ${missing.join(', ')}`);
  return service;
}

async function remembering(known: Set<string>, fields: Promise<SecretFields>): Promise<SecretFields> {
  secretsOf(await fields).forEach((secret) => known.add(secret));
  return fields;
}

function issued(service: IssuedCredentials, known: Set<string>, invocation: Invocation): IssuedCredentials {
  const { slots, facts, lastUsed, deactivate } = service;
  if (!Number.isInteger(slots) || slots < FEWEST_SLOTS || slots > MOST_SLOTS) {
    throw mismatch(`slots must be a whole number from ${FEWEST_SLOTS} to ${MOST_SLOTS}, not ${JSON.stringify(slots)}`);
  }
  const seen = Object.values(facts ?? {});
  return {
    family: 'issued',
    slots,
    facts,
    idOf: (fields) => service.idOf(fields),
    list: () => translated(known, 'list', async () => listed(await service.list())),
    issue: () => translated(known, 'issue', async () => {
      const made = issuedOne(service, await service.issue());
      secretsOf(made.fields, [made.id, ...seen]).forEach((secret) => known.add(secret));
      return made;
    }),
    verify: verifying(service, (fields) => [...seen, service.idOf(fields)], known, invocation),
    lastUsed: lastUsed && ((id) => translated(known, 'lastUsed', () => lastUsed.call(service, id))),
    deactivate: deactivate && ((id) => translated(known, 'deactivate', () => deactivate.call(service, id))),
    retire: (id) => translated(known, 'retire', () => service.retire(id)),
  };
}

function chosen(service: ChosenCredentials, known: Set<string>, invocation: Invocation): ChosenCredentials {
  const { facts, check } = service;
  const seen = (fields: SecretFields): unknown[] => [...Object.values(facts ?? {}), service.principalOf(fields)];
  return {
    family: 'chosen',
    facts,
    fieldsOf: (password) => service.fieldsOf(password),
    principalOf: (fields) => service.principalOf(fields),
    apply: (accepted, fence) => {
      accepted.flatMap((fields) => secretsOf(fields, seen(fields))).forEach((secret) => known.add(secret));
      return translated(known, 'apply', () => service.apply(accepted, fence));
    },
    verify: verifying(service, seen, known, invocation),
    check: check && ((current) => translated(known, 'check', () => check.call(service, current))),
  };
}

type Verify = (fields: SecretFields) => Promise<void>;

function verifying(service: { verify: Verify }, seen: (fields: SecretFields) => unknown[], known: Set<string>, { measurements }: Invocation): Verify {
  return async (fields) => {
    secretsOf(fields, seen(fields)).forEach((secret) => known.add(secret));
    measurements.signIns++;
    try {
      await translated(known, 'verify', () => service.verify(fields));
    } catch (error: unknown) {
      if (error instanceof SignInRefused) measurements.signInsRefused++;
      throw error;
    }
  };
}

function listed(answer: readonly ListedCredential[]): readonly ListedCredential[] {
  if (!Array.isArray(answer)) throw wrongAnswer('list', 'answers no array');
  const isWhole = ({ id, createdAt, active }: ListedCredential): boolean =>
    typeof id === 'string' && id !== '' && createdAt instanceof Date && !Number.isNaN(createdAt.getTime()) && typeof active === 'boolean';
  if (!answer.every(isWhole)) throw wrongAnswer('list', 'answers a credential without id, createdAt (a Date) or active');
  if (new Set(answer.map(({ id }) => id)).size < answer.length) throw wrongAnswer('list', 'answers two credentials with one id');
  if (answer.length > MOST_SLOTS) throw wrongAnswer('list', `answers ${answer.length} credentials; of one principal there are at most ${MOST_SLOTS}`);
  return answer;
}

function issuedOne(service: IssuedCredentials, answer: IssuedCredential): IssuedCredential {
  const { id, fields } = answer ?? {};
  if (typeof id === 'string' && typeof fields === 'object' && fields !== null && service.idOf(fields) === id) return answer;
  throw wrongAnswer('issue', 'answers no id with fields of which idOf gives that id');
}

