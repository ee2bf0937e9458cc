import { Authenticator } from './authenticator';
import { Input } from './input';
import { Settings } from './options';
import { UserStore } from './user-store';
import { XmlContent } from './xml';

/** What the operations work with. */
export interface Services {
  readonly settings: Settings;
  readonly users: UserStore;
  readonly authenticator: Authenticator;
}

export interface OperationCall {
  readonly input: Input;
  /** The user that the call is about: IAM's, or STS's caller. */
  readonly userName: string;
}

/** Members of an answer. `false`: the operation answers nothing but that it took place. */
export type Output = Readonly<Record<string, XmlContent | undefined>> | false;

export type Operation = (services: Services, call: OperationCall) => Output;
