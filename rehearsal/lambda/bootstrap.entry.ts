// What Lambda's own bootstrap does, as far as a rotation function can tell: loads the handler, invokes it, answers.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BootstrapMessage, endOfOutput, InvokeMessage } from './bootstrap-protocol';

type Handler = (event: unknown, context: object, callback: (error: unknown, result?: unknown) => void) => unknown;

process.on('disconnect', () => process.exit());
process.on('uncaughtException', error => fail(error));
process.on('unhandledRejection', error => fail(error));

loadHandler().then(listen, (error: unknown) => fail(error));

function listen(handler: Handler): void {
  process.on('message', (message: InvokeMessage) => {
    call(handler, message).then(
      () => answer(message.requestId, { kind: 'done', requestId: message.requestId }),
      (error: unknown) => answer(message.requestId, { kind: 'failed', requestId: message.requestId, ...described(error) }),
    );
  });
  tell({ kind: 'ready' });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html: `file.export`, the file with or without folders. */
async function loadHandler(): Promise<Handler> {
  const { LAMBDA_TASK_ROOT: root = '', _HANDLER: name = '' } = process.env;
  const dot = name.indexOf('.', name.lastIndexOf('/') + 1);
  const file = ['.js', '.mjs', '.cjs'].map(extension => join(root, name.slice(0, dot) + extension)).find(candidate => existsSync(candidate));
  if (file === undefined) throw new Error(`Cannot find the module of the handler ${name}`);
  const loaded: unknown = isModule(file) ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  const handler = name.slice(dot + 1).split('.').reduce(member, loaded);
  if (typeof handler !== 'function') throw new Error(`${name} is undefined or not exported`);
  return handler as Handler;
}

function member(object: unknown, name: string): unknown {
  return (object as Readonly<Record<string, unknown>> | undefined)?.[name];
}

/** As Node.js decides: by extension, else by the `type` of the package. */
function isModule(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  const manifest = join(dirname(file), 'package.json');
  return existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module';
}

/** Handlers that call back are from before Node.js 24: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
function call(handler: Handler, message: InvokeMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const result = handler(message.event, contextOf(message), (error, value) => error ? reject(error) : resolve(value));
    if (result instanceof Promise || handler.length < 3) resolve(result);
  });
}

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf({ requestId, functionArn, deadline }: InvokeMessage): object {
  const { AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_MEMORY_SIZE, AWS_LAMBDA_LOG_GROUP_NAME, AWS_LAMBDA_LOG_STREAM_NAME } = process.env;
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn,
    logGroupName: AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: AWS_LAMBDA_LOG_STREAM_NAME,
    memoryLimitInMB: AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function answer(requestId: string, message: BootstrapMessage): void {
  process.stderr.write(`${endOfOutput(requestId, 'stderr')}\n`);
  process.stdout.write(`${endOfOutput(requestId, 'stdout')}\n`, () => tell(message));
}

/** What Lambda calls `Runtime.ExitError` and the like: the process is of no more use. */
function fail(error: unknown): void {
  tell({ kind: 'failed', ...described(error) });
}

function described(error: unknown): Pick<Extract<BootstrapMessage, { kind: 'failed' }>, 'error'> {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  return { error: { name, message } };
}

function tell(message: BootstrapMessage): void {
  process.send?.(message);
}
