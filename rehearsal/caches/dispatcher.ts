import { answerable, CacheProblem, invalidValue } from './errors';
import { CacheServiceName } from './faults';
import { Operation, OPERATIONS, Output } from './operations';
import { Settings } from './options';
import { RecordedCacheCall } from './recorded-call';
import { UserStore } from './user-store';
import { NoAnswer, strike } from '../secrets-manager/faults';
import { Input } from '../secrets-manager/input';

export interface Request {
  readonly service: CacheServiceName;
  readonly action: string;
  /** By the protocol's rules: may reject what is no request at all. */
  readonly members: () => Readonly<Record<string, unknown>>;
  /** Undefined where the request bears no signature. */
  readonly accessKeyId?: string;
}

/** A call in the making. */
interface Call extends Request {
  readonly sequence: number;
  userId?: string;
  effective: boolean;
}

/** A call that is in order: who makes it, of which operation, with what. */
interface Opened {
  readonly accessKeyId: string;
  readonly operation: Operation;
  readonly members: Readonly<Record<string, unknown>>;
}

/** Takes a request through faults, authorization and its operation, and remembers it. */
export class Dispatcher {
  readonly calls: RecordedCacheCall[] = [];
  private sequence = 0;

  constructor(private readonly settings: Settings, private readonly users: UserStore) {}

  /** Rejects with what `answerable` understands, or with NoAnswer. */
  async dispatch(request: Request): Promise<Output> {
    const call: Call = { ...request, sequence: ++this.sequence, effective: false };
    try {
      const output = await this.perform(call);
      this.record(call, 'ok');
      return output;
    } catch (error) {
      this.record(call, error instanceof NoAnswer ? error.kind : answerable(error, request.service).name);
      throw error;
    }
  }

  private async perform(call: Call): Promise<Output> {
    const opened = open(call);
    const { service, action, accessKeyId, sequence, userId } = call;
    const point = { service, action, accessKeyId, sequence, userId };
    const before = this.settings.fault({ ...point, moment: 'before' });
    await strike(before);
    if (before?.kind === 'duplicate') await this.operate(call, opened).catch(() => undefined); // nobody waits for this answer any more
    const output = await this.operate(call, opened);
    await strike(this.settings.fault({ ...point, moment: 'after' }));
    return output;
  }

  private async operate(call: Call, { accessKeyId, operation, members }: Opened): Promise<Output> {
    this.authorize(call, accessKeyId);
    refuseUnknown(members, operation);
    const output = await operation.run(this.users, new Input(members));
    call.effective = true;
    return output;
  }

  /** A caller learns whether a user exists only if allowed to. A call about all users names them all. */
  private authorize({ service, action: operation, userId }: Call, accessKeyId: string): void {
    const [action, resource] = [`${service}:${operation}`, this.users.arn(service, userId ?? '*')];
    const { allowed, reason } = this.settings.authorize({ accessKeyId, action, resource, context: {} });
    if (!allowed) throw new CacheProblem('accessDenied', `User: ${accessKeyId} is not authorized to perform: ${action} on resource: ${resource} because ${reason}`);
  }

  private record({ sequence, service, action, accessKeyId, effective, userId }: Call, outcome: string): void {
    this.calls.push({ sequence, service, action, accessKeyId, outcome, effective, userId });
  }
}

function open(call: Call): Opened {
  const { service, action, accessKeyId } = call;
  if (accessKeyId === undefined) throw new CacheProblem('missingToken', 'Request is missing Authentication Token');
  const operation = OPERATIONS[service].get(action);
  if (operation === undefined) throw new CacheProblem('unknownOperation', `The local caches have no operation ${action} of ${service}.`);
  const members = call.members();
  call.userId = new Input(members).string(operation.userId);
  return { accessKeyId, operation, members };
}

function refuseUnknown(members: Readonly<Record<string, unknown>>, { members: known }: Operation): void {
  const unknown = Object.keys(members).filter(name => !known.includes(name));
  if (unknown.length > 0) throw invalidValue(`The local caches do not understand ${unknown.join(', ')}.`);
}
