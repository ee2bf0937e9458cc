import { Authorizer } from './authorization';
import { answerable, invalidClientTokenId, QueryError } from './errors';
import { ServiceName } from './faults';
import { Input } from './input';
import { OPERATIONS } from './operations';
import { RecordedQuery } from './recorded-call';
import { Recording } from './recording';
import { Output, Services } from './service';
import { Signature, SignedRequest, verifySignature } from './signature';
import { NoAnswer, strike } from '../secrets-manager/faults';

export interface Request {
  readonly service: ServiceName;
  readonly action: string;
  readonly signed: SignedRequest;
  /** Undefined where the request bears none. */
  readonly signature?: Signature;
}

/** Takes a request through faults, authentication or authorization, and its operation, and remembers it. */
export class Dispatcher {
  readonly calls: RecordedQuery[] = [];
  private sequence = 0;

  constructor(private readonly services: Services) {}

  /** Rejects with a QueryError, or with NoAnswer. */
  async dispatch(request: Request): Promise<Output> {
    const input = new Input(request.signed.body);
    const recording = new Recording(++this.sequence, request.service, request.action, request.signature?.accessKeyId, input);
    try {
      const output = await this.perform(request, input, recording);
      this.calls.push(recording.close('ok'));
      return output;
    } catch (error) {
      const answer = error instanceof NoAnswer ? error : answerable(error);
      this.calls.push(recording.close(answer instanceof NoAnswer ? answer.kind : answer.name));
      throw answer;
    }
  }

  private async perform(request: Request, input: Input, recording: Recording): Promise<Output> {
    const { fault } = this.services.settings;
    const before = fault(recording.faultPoint('before'));
    await strike(before);
    if (before?.kind === 'duplicate') this.operateUnheard(request, input, recording);
    const output = this.operate(request, input, recording);
    await strike(fault(recording.faultPoint('after')));
    return output;
  }

  private operate({ service, action, signed, signature }: Request, input: Input, recording: Recording): Output {
    if (signature === undefined) throw new QueryError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
    const operation = OPERATIONS[service].get(action);
    if (operation === undefined) throw new QueryError('InvalidAction', `Could not find operation ${action} in the local ${service.toUpperCase()}.`);
    const userName = service === 'sts' ? this.authenticate(signed, signature) : this.authorize(action, signature, input);
    recording.isAbout(userName);
    const output = operation(this.services, { input, userName });
    recording.tookEffect(output);
    return output;
  }

  private operateUnheard(request: Request, input: Input, recording: Recording): void {
    try {
      this.operate(request, input, recording);
    } catch {
      // the answer to a request that nobody waits for any more
    }
  }

  /** Counts as a use of the key; returns whose it is. A user's key comes without a session token. */
  private authenticate(request: SignedRequest, signature: Signature): string {
    const { authenticator, settings } = this.services;
    const key = authenticator.find(signature.accessKeyId);
    if (key === undefined || request.headers['x-amz-security-token'] !== undefined) throw invalidClientTokenId();
    verifySignature(request, signature, key.secret, 'sts', settings.now());
    authenticator.use(key, 'sts', signature.region);
    return key.userName;
  }

  private authorize(action: string, { accessKeyId }: Signature, input: Input): string {
    return new Authorizer(this.services).call(accessKeyId, action, input);
  }
}
