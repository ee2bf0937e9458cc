import { QueryFaultPoint, ServiceName } from './faults';
import { Input } from './input';
import { RecordedQuery } from './recorded-call';
import { Output } from './service';

/** A call in the making. */
export class Recording {
  private userName: string | undefined;
  private keyId: string | undefined;
  private effective = false;

  constructor(
    private readonly sequence: number,
    private readonly service: ServiceName,
    private readonly action: string,
    private readonly accessKeyId: string | undefined,
    input: Input,
  ) {
    this.userName = input.string('UserName');
    this.keyId = input.string('AccessKeyId');
  }

  isAbout(userName: string): void {
    this.userName = userName;
  }

  tookEffect(output: Output): void {
    this.effective = true;
    this.keyId = createdKeyId(output) ?? this.keyId;
  }

  faultPoint(moment: 'before' | 'after'): QueryFaultPoint {
    const { service, action, accessKeyId, sequence } = this;
    return { moment, service, action, accessKeyId, sequence };
  }

  close(outcome: string): RecordedQuery {
    const { sequence, service, action, accessKeyId, effective, userName, keyId } = this;
    return { sequence, service, action, accessKeyId, outcome, effective, userName, keyId };
  }
}

function createdKeyId(output: Output): string | undefined {
  const created = output === false ? undefined : output.AccessKey;
  const keyId = typeof created === 'object' && 'AccessKeyId' in created ? created.AccessKeyId : undefined;
  return typeof keyId === 'string' ? keyId : undefined;
}
