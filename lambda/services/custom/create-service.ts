import { LoadedService, mismatch } from './load-service';
import type { ServiceCalls } from './service-calls';
import type { Service, ServiceContext } from '../../../service';

/** The service for one step. Its family is checked by whoever knows the strategy. */
export function createService(loaded: LoadedService, context: ServiceContext, calls: ServiceCalls): Service {
  if ('refused' in loaded) throw loaded.refused;
  const service: unknown = calls.now('createService', () => loaded.createService(calls.context(context)));
  // Left alone, a rejection would end the process, and print what it rejects with.
  if (isObject(service) && 'then' in service) Promise.resolve(service).catch(() => undefined);
  if (!isObject(service) || !('family' in service)) throw mismatch('createService returns no service with a family');
  return service as Service;
}

/** That a service, or a session of it, has what the strategy at hand will call. */
export function checked<T extends object>(what: string, found: unknown, methods: readonly (string & keyof T)[]): T {
  if (!isObject(found)) throw mismatch(`${what} is no object`);
  const members = found as T;
  const missing = methods.filter((method) => typeof members[method] !== 'function');
  if (missing.length > 0) throw mismatch(`${what} has no ${missing.join(', ')}`);
  return members;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
