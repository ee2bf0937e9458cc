import { SecretsManagerError } from './errors';
import { NoAnswer, strike } from './faults';
import { Input } from './input';
import { OPERATIONS } from './operations';
import { RecordedCall } from './recorded-call';
import { OperationCall, Output, Service } from './service';

export interface Request {
  readonly action: string;
  readonly body: string;
  /** Undefined where the request bears no signature. */
  readonly accessKeyId?: string;
}

/** Takes a request through faults, authorization and its operation, and remembers it. */
export class Dispatcher {
  readonly calls: RecordedCall[] = [];
  private sequence = 0;

  constructor(private readonly service: Service) {}

  /** Rejects with a SecretsManagerError, or with NoAnswer. */
  async dispatch(request: Request): Promise<Output> {
    const recording = new Recording(++this.sequence, request, this.service);
    try {
      const output = await this.perform(request, recording);
      this.calls.push(recording.close('ok'));
      return output;
    } catch (error) {
      this.calls.push(recording.close(outcomeOf(error)));
      throw error;
    }
  }

  private async perform(request: Request, recording: Recording): Promise<Output> {
    const call = recording.open();
    const before = this.service.settings.fault(recording.faultPoint('before'));
    await strike(before);
    if (before?.kind === 'duplicate') {
      this.operateUnheard(request.action, call, recording);
    }
    const output = this.operate(request.action, call);
    recording.tookEffect(output);
    await strike(this.service.settings.fault(recording.faultPoint('after')));
    return output;
  }

  private operate(action: string, call: OperationCall): Output {
    const operation = OPERATIONS.get(action);
    if (operation === undefined) {
      throw new SecretsManagerError('UnknownOperationException', `The local Secrets Manager has no operation ${action}.`);
    }
    this.authorize(action, call);
    return operation(this.service, call);
  }

  private operateUnheard(action: string, call: OperationCall, recording: Recording): void {
    try {
      recording.tookEffect(this.operate(action, call));
    } catch {
      // the answer to a request that nobody waits for any more
    }
  }

  private authorize(action: string, { input, accessKeyId }: OperationCall): void {
    const { secrets, authorizer } = this.service;
    const id = input.string('SecretId') ?? input.string('Name');
    const secret = id === undefined ? undefined : secrets.find(id);
    authorizer.call(accessKeyId, action, input, secret?.arn ?? this.wouldBeArn(id), secret);
  }

  /** A caller learns whether a secret exists only if allowed to. */
  private wouldBeArn(id: string | undefined): string {
    if (id === undefined) {
      return '*';
    }
    return id.startsWith('arn:') ? id : `${this.service.secrets.partialArn(id)}-??????`;
  }
}

/** A call in the making. */
class Recording {
  private input = new Input({});
  private output: Output | undefined;
  private secretArn: string | undefined;

  constructor(private readonly sequence: number, private readonly request: Request, private readonly service: Service) {}

  open(): OperationCall {
    const { accessKeyId, body } = this.request;
    if (accessKeyId === undefined) {
      throw new SecretsManagerError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    }
    this.input = Input.parse(body);
    const secretId = this.input.string('SecretId');
    this.secretArn = secretId === undefined ? undefined : this.service.secrets.find(secretId)?.arn;
    return { input: this.input, accessKeyId };
  }

  faultPoint(moment: 'before' | 'after') {
    const { action, accessKeyId } = this.request;
    return { moment, action, accessKeyId, sequence: this.sequence, secretArn: this.secretArn };
  }

  tookEffect(output: Output): void {
    this.output = output;
    this.secretArn ??= text(output.ARN);
  }

  close(outcome: string): RecordedCall {
    const { action, accessKeyId } = this.request;
    const versionId = text(this.output?.VersionId)
      ?? ['ClientRequestToken', 'MoveToVersionId', 'VersionId'].map((name) => text(this.input.scalar(name))).find((id) => id !== undefined);
    return {
      sequence: this.sequence,
      action,
      accessKeyId,
      secretArn: this.secretArn,
      versionId,
      outcome,
      effective: this.output !== undefined,
      at: this.service.settings.now(),
    };
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof NoAnswer) {
    return error.kind;
  }
  return error instanceof SecretsManagerError ? error.name : 'InternalServiceError';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
