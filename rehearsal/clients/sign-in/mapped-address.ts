import type { ClientsSettings } from '../settings';

export type Hosts = Pick<ClientsSettings, 'hosts' | 'caPem'>;

/** Where a made-up name is on this machine. What is verified above it is the name. */
export function mappedAddress({ hosts }: Hosts, host: string, port: number): { readonly host: string; readonly port: number } {
  const mapped = hosts[`${host}:${port}`];
  if (mapped === undefined) throw new UnknownHostError();
  const separator = mapped.lastIndexOf(':');
  return { host: mapped.slice(0, separator), port: Number(mapped.slice(separator + 1)) };
}

/** The secret names a host that the rehearsal does not stand in for. */
export class UnknownHostError extends Error {
  readonly code = 'ENOTFOUND';
}
