/**
 * What a service of one's own implements, so that cdk-secret-rotation can rotate its credentials.
 *
 * The file that `RotatingCredential.custom` or `RotationTarget.custom` names as `entry` is one bundled CommonJS file that exports
 * {@link CustomService}. The rotation's engine does the rest: labels, retries, fencing, recovery, logs and metrics.
 *
 * ```ts
 * import type { CreateService } from 'cdk-secret-rotation/service';
 *
 * export const contractVersion = 1;
 * export const createService: CreateService = (context) => ({ family: 'issued', … });
 * ```
 *
 * Every method may be called again after a failure, by the same process or another, with the same arguments: it must end in the
 * same state. Only `issue` is never repeated for one intent.
 */

/** The version of this interface. A function whose engine and service disagree fails at its first step, before anything changes. */
export type ContractVersion = 1;

/** What `entry` exports. */
export interface CustomService {
  readonly contractVersion: ContractVersion;
  readonly createService: CreateService;
}

/** Called once for each step of a rotation. */
export type CreateService = (context: ServiceContext) => Service;

/** What can be rotated: by `MultiCredentialRotation` the first two, by the strategies for users the third. */
export type Service = IssuedCredentials | ChosenCredentials | Users;

/** What a service gets from the engine. */
export interface ServiceContext {
  /**
   * The value of the superuser's secret, a JSON object; read when it is first asked for. A service that throws `SUPERUSER_REFUSED` is asked again
   * with the secret read anew, since it may have been rotated meanwhile. Rejects where the construct was given none, and for `Users`, whose `signIn` gets the
   * superuser's login.
   */
  superuser(): Promise<SecretFields>;
  /** Aborts shortly before the function's time-out: pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /** Adds a line to the step's log. It must hold no credential. */
  note(message: string): void;
}

/** Members of a secret's JSON object. */
export type SecretFields = Readonly<Record<string, unknown>>;

/**
 * Credentials that the service makes up, and shows once: access keys, API tokens. The principal holds at least two at a time.
 *
 * A rotation issues one, stores it, verifies it, and moves AWSCURRENT to it. The one before goes on working until the next rotation retires it.
 */
export interface IssuedCredentials {
  readonly family: 'issued';
  /** How many credentials the principal may hold at a time: 2 to 12. */
  readonly slots: number;
  /** Members that each version of the secret has, whatever its credential: a host, a user's name. */
  readonly facts?: SecretFields;
  /** Which credential a value of the secret names; undefined when it names none, as before the first rotation. */
  idOf(fields: SecretFields): string | undefined;
  /** All live credentials of the principal, inactive ones included. */
  list(): Promise<readonly ListedCredential[]>;
  /**
   * Makes a new credential. Must not repeat the call when an answer is lost: that would make two. Throws `QUOTA_EXCEEDED` when the service says that
   * there is no room, `PERMISSION_DENIED` or `USER_MISSING`; after any other error the engine takes the outcome for unknown, and finds out by `list`.
   */
  issue(): Promise<IssuedCredential>;
  /**
   * Uses a credential, and proves that it is the principal's. Throws `REFUSED` when the service does not accept it (yet): the engine goes on asking for as long
   * as a new credential may take to be known everywhere.
   */
  verify(fields: SecretFields): Promise<void>;
  /** When a credential was last used; undefined for one that never was. Left out where the service does not tell: then the age of the current one stands for it. */
  lastUsed?(id: string): Promise<Use | undefined>;
  /** Makes the service refuse a credential, so that a human can still bring it back. Leave it out where the service has no such thing. */
  deactivate?(id: string): Promise<void>;
  /** Deletes a credential for good; succeeds when it is gone already. */
  retire(id: string): Promise<void>;
}

/** A live credential, as its service lists it. */
export interface ListedCredential {
  /** What tells it from others; never secret. */
  readonly id: string;
  readonly createdAt: Date;
  /** Whether the service accepts it. */
  readonly active: boolean;
}

/** A credential that was just made. */
export interface IssuedCredential {
  readonly id: string;
  /** The members of the secret that hold it; `idOf` of them is `id`. */
  readonly fields: SecretFields;
}

/** The last use of a credential. */
export interface Use {
  readonly at: Date;
  /** By what, for the person who looks for it: a service, an address. */
  readonly by?: string;
}

/**
 * Credentials that the rotation makes up and the service is told: the passwords of a user who may have two. A rotation stores a password, makes the service
 * accept it beside the current one, verifies it, and moves AWSCURRENT to it.
 */
export interface ChosenCredentials {
  readonly family: 'chosen';
  /** Members that each version of the secret has, whatever its credential: a host, a port. */
  readonly facts?: SecretFields;
  /** The members of the secret for a password that the engine drew by the construct's `passwordPolicy`. */
  fieldsOf(password: string): SecretFields;
  /** Whom a value of the secret is for, in words for a log; undefined unless it is the principal that the construct names. Whoever may write the secret must not steer the rotation. */
  principalOf(fields: SecretFields): string | undefined;
  /**
   * Makes the service accept these values and no other of the principal's. What it accepts already must never be refused meanwhile, and
   * where it is told one by one, the first of them is new and told first. `fence` throws when this rotation was overtaken: await it right before each write, after
   * whatever was read for it. Throws `REJECTED` when the service will never take such a value: the rotation then gives it up.
   */
  apply(accepted: readonly SecretFields[], fence: () => Promise<void>): Promise<void>;
  /** Uses a value, wherever clients do. Throws `REFUSED` when it is not accepted. */
  verify(fields: SecretFields): Promise<void>;
  /** Checks, without changing anything, all that `apply` will need. */
  check?(current: SecretFields): Promise<void>;
}

/** Users of a service with one password each: of another database. For `SingleUserRotation`, `SuperuserRotation` and `AlternatingUsersRotation`. */
export interface Users {
  readonly family: 'users';
  /** Members that each version of the secret has besides `username`, `password`, `host` and `port`: `engine`, `dbname`. */
  readonly facts?: SecretFields;
  /** Signs in as a user of the secret, or as the superuser. Throws `REFUSED` when the service does not accept the login. */
  signIn(login: Login): Promise<Session>;
}

/** A name and its password. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** A session at the service: of the user itself, or of the superuser. */
export interface Session {
  /**
   * Makes the service accept this password for this user, and no other. Where a superuser does it, a user that does not exist is created. Throws `REJECTED` when the service will
   * never take such a value, and `UNREACHABLE` when it is not known whether it was taken.
   */
  setPassword(login: Login): Promise<void>;
  /**
   * For `AlternatingUsersRotation`: makes both users exist and able to do the same, without changing the password, or any right in use, of the one that is
   * `current`. Throws `DRIFT` with what differs when it can't.
   */
  makeAlike?(pair: UserPair): Promise<void>;
  /** Checks, without changing anything, that this session may do for these users what the rotation will ask of it. */
  check?(usernames: readonly string[]): Promise<void>;
  /** Closes the session; never throws. */
  end(): Promise<void>;
}

/** The two users that take turns. */
export interface UserPair {
  /** The one that clients use now; its password is here for the case that it does not exist yet. */
  readonly current: Login;
  /** The one that they will use. */
  readonly pending: Login;
}

/**
 * An error whose reason is known: any `Error` with these members. Its message and its remedy are logged, and shown in CloudTrail: neither may hold a
 * credential. Of any other error only the name and the place are logged.
 */
export interface ServiceError extends Error {
  readonly code: ServiceErrorCode;
  /** What to do about it, a sentence for the person on call. */
  readonly remedy?: string;
}

export type ServiceErrorCode =
  /** The service looked at the credential and does not accept it. */
  | 'REFUSED'
  /** The same, of the superuser's. */
  | 'SUPERUSER_REFUSED'
  /** The service will never take this value; another one may pass. */
  | 'REJECTED'
  /** No verdict: the service could not be asked, or its answer was lost. Tried again. */
  | 'UNREACHABLE'
  /** No verdict: the service is too busy, or throttles. Tried again. */
  | 'BUSY'
  /** There is no room for another credential. */
  | 'QUOTA_EXCEEDED'
  /** Who asks may not do this. */
  | 'PERMISSION_DENIED'
  /** The principal does not exist. */
  | 'USER_MISSING'
  /** The two users differ in what they may do. */
  | 'DRIFT';
