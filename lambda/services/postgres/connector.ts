import type { TLSSocket } from 'node:tls';
import { assertConfiguredNames, assertIdentifier } from './identifiers';
import { Session } from './session';
import { asStartupOptions, asStatements, sessionParameters, SessionParameters } from './session-parameters';
import { isAtLimit, refusesStartupOptions, SignInContext, signInError } from './sign-in-errors';
import type { StartedUp } from './start-up';
import { TlsWire, Wire } from './wire';
import type { EndpointConfig, PostgresRotationConfig } from '../../../src/private/rotation-config';
import type { Credential } from '../../engine/contract/credential';
import { NoVerdict, SignInRefused } from '../../engine/contract/errors';
import type { Invocation } from '../../engine/contract/invocation';

/** More than a server that is up ever takes; a security group that drops packets would take the whole time-out. */
const LONGEST_ATTEMPT_MS = 10_000;
const LEAST_ATTEMPT_MS = 1_000;

export interface SignInOptions {
  /** @default the configured one */
  readonly endpoint?: EndpointConfig;
  /** @default the configured one */
  readonly database?: string;
  /** Act as nobody else but the login, whatever its `role` setting says. */
  readonly role?: 'none';
  /** For when the password is accepted, but a connection limit is reached. @default retry */
  readonly whenBusy?: 'retry' | 'fail';
  /** A connection that was opened ahead; another is opened should it be dead by now. */
  readonly socket?: TLSSocket;
}

/** Signs in to the configured server, over verified TLS only. */
export class Connector {
  private takesOptions = true;

  constructor(
    readonly config: PostgresRotationConfig,
    readonly invocation: Invocation,
    private readonly wire: Wire = new TlsWire(config.customCertificateAuthority),
  ) {
    assertConfiguredNames(config);
  }

  /**
   * Throws `SignInRefused` when the password is not accepted, `TurnedAway` when only what follows it fails, `NoVerdict` when the server gave
   * none before the deadline, and other `RotationError`s when trying again would not help.
   */
  async signIn(credential: Credential, options: SignInOptions = {}): Promise<Session> {
    const context = this.contextOf(credential, options);
    let { socket } = options;
    return this.retrying(async () => {
      const prepared = socket;
      socket = undefined;
      return this.attempt(credential, context, { ...options, socket: prepared });
    }, options.whenBusy);
  }

  /** Opens a verified TLS connection on which nobody has signed in yet. */
  open(endpoint: EndpointConfig = this.config): Promise<TLSSocket> {
    return this.retrying(() => this.openOnce(endpoint));
  }

  /** The same connector, for waits that must end sooner. */
  within(milliseconds: number): Connector {
    const { deadline } = this.invocation;
    const hurried = new Connector(this.config, { ...this.invocation, deadline: deadline.atMost(milliseconds) }, this.wire);
    hurried.takesOptions = this.takesOptions;
    return hurried;
  }

  private contextOf(credential: Credential, options: SignInOptions): SignInContext {
    const { host, port } = options.endpoint ?? this.config;
    const context = { username: credential.username, database: options.database ?? this.config.databaseName, endpoint: { host, port } };
    assertIdentifier(context.username);
    assertIdentifier(context.database);
    return context;
  }

  private retrying<T>(attempt: () => Promise<T>, whenBusy: SignInOptions['whenBusy'] = 'retry'): Promise<T> {
    const { deadline, measurements } = this.invocation;
    const mayPass = (error: unknown): boolean => error instanceof NoVerdict || (whenBusy === 'retry' && isAtLimit(error));
    return deadline.retry(attempt, mayPass, () => { measurements.retries++; });
  }

  private async attempt(credential: Credential, context: SignInContext, { role, socket }: SignInOptions): Promise<Session> {
    const parameters = sessionParameters(this.invocation.deadline, role);
    const started = await this.startUp(credential, context, parameters, socket);
    const session = new Session(started, context, this.invocation.deadline);
    if (!this.takesOptions) await this.set(session, parameters);
    return session;
  }

  private async set(session: Session, parameters: SessionParameters): Promise<void> {
    try {
      await session.query(asStatements(parameters));
    } catch (error: unknown) {
      await session.end();
      throw error;
    }
  }

  private async startUp(credential: Credential, context: SignInContext, parameters: SessionParameters, prepared?: TLSSocket): Promise<StartedUp> {
    const { measurements } = this.invocation;
    const socket = prepared !== undefined && isAlive(prepared) ? prepared : await this.openOnce(context.endpoint);
    measurements.signIns++;
    try {
      const options = this.takesOptions ? asStartupOptions(parameters) : undefined;
      return await this.wire.startUp({ socket, credential, database: context.database, options, timeoutMs: this.attemptMs });
    } catch (error: unknown) {
      if (this.takesOptions && refusesStartupOptions(error)) {
        this.takesOptions = false;
        return this.startUp(credential, context, parameters);
      }
      const classified = signInError(error, context);
      if (classified instanceof SignInRefused) measurements.signInsRefused++;
      throw classified;
    }
  }

  private openOnce({ host, port }: EndpointConfig): Promise<TLSSocket> {
    return this.wire.open({ host, port }, this.attemptMs);
  }

  private get attemptMs(): number {
    return Math.ceil(Math.min(LONGEST_ATTEMPT_MS, Math.max(LEAST_ATTEMPT_MS, this.invocation.deadline.remainingMs)));
  }
}

function isAlive(socket: TLSSocket): boolean {
  return socket.writable && socket.readable && !socket.destroyed;
}
