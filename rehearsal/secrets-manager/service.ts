import { Authorizer } from './authorization';
import { Input } from './input';
import { Notifications } from './notifications';
import { Settings } from './options';
import { Rotations } from './rotations';
import { SecretStore } from './secret-store';

/** What the operations work with. */
export interface Service {
  readonly settings: Settings;
  readonly secrets: SecretStore;
  readonly rotations: Rotations;
  readonly authorizer: Authorizer;
  readonly notifications: Notifications;
}

export interface OperationCall {
  readonly input: Input;
  readonly accessKeyId: string;
}

/** Members of an answer; undefined ones are left out. */
export type Output = Readonly<Record<string, unknown>>;

export type Operation = (service: Service, call: OperationCall) => Output;

/** AWS JSON 1.1 writes timestamps as seconds with a fraction. */
export function timestamp(date: Date | undefined): number | undefined {
  return date === undefined ? undefined : date.getTime() / 1000;
}
