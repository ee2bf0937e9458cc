import type { ClientGroup, ClientReport } from '../report/model';

/** How the clients of a secret use what it holds. Crosses the process boundary as JSON. */
export type ClientService =
  | { readonly kind: 'postgres' }
  | { readonly kind: 'access-key'; readonly stsEndpoint: string }
  | { readonly kind: 'smtp' }
  /** `endpoint`: where, when the secret does not say. */
  | { readonly kind: 'redis'; readonly endpoint?: { readonly host: string; readonly port: number } }
  /** `module`: of the user's own, which exports `signIn`. */
  | { readonly kind: 'custom'; readonly module: string };

/** What the clients are told, before they start. Crosses the process boundary as JSON. */
export interface ClientsSettings {
  readonly secretArn: string;
  /** Where the local Secrets Manager listens, e.g. `http://127.0.0.1:4566`. */
  readonly secretsManagerEndpoint: string;
  readonly region: string;
  /** Where the hosts that the secret names are on this machine: `name:port` to `address:port`. */
  readonly hosts: Readonly<Record<string, string>>;
  /** The certificate authority that clients trust, and the only one. */
  readonly caPem: string;
  /** Age at which a time-to-live client reads the secret again. */
  readonly timeToLiveMs: number;
  /** `Date.now()` at the rehearsal's start: the zero of all times reported. */
  readonly epochMs: number;
  /** PostgreSQL unless given. */
  readonly service?: ClientService;
  /** How many clients of each group; {@link CLIENTS_PER_GROUP} unless given. */
  readonly perGroup?: Readonly<Record<ClientGroup, number>>;
}

export const CLIENTS_PER_GROUP: Readonly<Record<ClientGroup, number>> = {
  'each-time': 10,
  'time-to-live': 10,
  'on-failure': 5,
};

/**
 * The clients sign their calls of Secrets Manager with this key, the function with another:
 * that is how the local Secrets Manager tells their calls apart. Neither opens anything.
 */
export const CLIENT_ACCESS_KEY_ID = 'AKIACLIENTREHEARSAL0';

/** From the rehearsal to its clients. */
export type ToClients =
  | { readonly kind: 'start'; readonly settings: ClientsSettings }
  | { readonly kind: 'stop' };

/** From the clients to the rehearsal. */
export type FromClients =
  | { readonly kind: 'started' }
  | { readonly kind: 'report'; readonly clients: readonly ClientReport[] };
