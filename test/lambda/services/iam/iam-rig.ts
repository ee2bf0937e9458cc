import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { Deadline } from '../../../../lambda/engine/contract/deadline';
import { RotationError } from '../../../../lambda/engine/contract/errors';
import type { Invocation } from '../../../../lambda/engine/contract/invocation';
import { Measurements } from '../../../../lambda/engine/contract/measurements';
import { AccessKeys } from '../../../../lambda/services/iam/access-keys';
import { LocalIam, LocalIamOptions } from '../../../../rehearsal/access-keys';
import type { Fault } from '../../../../rehearsal/secrets-manager';
import type { IamRotationConfig } from '../../../../src/private/rotation-config';

export const USER_ARN = 'arn:aws:iam::111122223333:user/app/mailer';
export const CONFIG: IamRotationConfig = {
  userName: 'mailer',
  userArn: USER_ARN,
  service: 'iam',
  passwordPolicy: {
    length: 32, excludeCharacters: '', excludeLowercase: false, excludeUppercase: false, excludeNumbers: false, excludePunctuation: false, requireEachIncludedType: true,
  },
};

export const FUNCTION_SECRET = 'TheFunctionsOwnSecretKey/0123456789';

/** Lambda gives a function these; the endpoints are those of the local services. */
export function useEndpoint(endpoint: string): void {
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
    AWS_SECRET_ACCESS_KEY: FUNCTION_SECRET,
    AWS_ENDPOINT_URL_IAM: endpoint,
    AWS_ENDPOINT_URL_STS: endpoint,
  });
}

const closing: (() => Promise<void>)[] = [];

/** Stops what a test started. */
export async function stopAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

/** IAM with the user that the rotation is for. */
export async function startIam(options: LocalIamOptions = {}): Promise<LocalIam> {
  const iam = new LocalIam(options);
  iam.createUser('mailer', '/app/');
  useEndpoint((await iam.start()).endpoint);
  closing.push(() => iam.stop());
  return iam;
}

/** A fault for the first calls of one action. */
export function failing(action: string, fault: Fault, times = Infinity, moment: 'before' | 'after' = 'before'): LocalIamOptions {
  let left = times;
  return { fault: (point) => (point.action === action && point.moment === moment && left-- > 0 ? fault : undefined) };
}

export interface Answer {
  readonly status?: number;
  readonly body: string;
}

export type Answering = (request: URLSearchParams, count: number, clientPort?: number) => Answer;

/** Answers what the local IAM never would. Returns the parameters of the requests it got. */
export async function startCanned(answer: Answering): Promise<readonly URLSearchParams[]> {
  const requests: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => { text += chunk; }).on('end', () => {
      const parameters = new URLSearchParams(text);
      requests.push(parameters);
      const { status = 200, body } = answer(parameters, requests.length, request.socket.remotePort);
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  useEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  closing.push(() => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  }));
  return requests;
}

/** An error as IAM and STS send it. */
export function errorAnswer(code: string, status: number, message = 'as the service puts it'): Answer {
  return { status, body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>` };
}

export interface TestInvocation extends Invocation {
  readonly lines: readonly unknown[];
}

export function testInvocation(remainingMs = 20_000): TestInvocation {
  const lines: unknown[] = [];
  const note = (...line: unknown[]): void => { lines.push(line); };
  return { lines, deadline: new Deadline(remainingMs), measurements: new Measurements(), log: { info: note, warn: note } };
}

export function accessKeys(invocation: Invocation = testInvocation(), config: IamRotationConfig = CONFIG): AccessKeys {
  return new AccessKeys(config, invocation);
}

/** The error that a promise must end with. */
export async function rejection(promise: Promise<unknown>): Promise<RotationError> {
  const error: unknown = await promise.then(() => undefined, (thrown: unknown) => thrown);
  if (error instanceof RotationError) return error;
  throw new Error(error === undefined ? 'nothing was thrown' : 'something other than a RotationError was thrown', { cause: error });
}

/** All that can be seen of some things: printed with what is hidden, as JSON, and their stacks. */
export function everythingSaid(things: readonly unknown[]): string {
  const stacks = things.map((thing) => (thing instanceof Error ? `${thing.message}${thing.stack}` : ''));
  return [inspect(things, { depth: 15, showHidden: true, maxStringLength: null, maxArrayLength: null }), JSON.stringify(things.filter((thing) => thing instanceof Error)), ...stacks].join('\n');
}
