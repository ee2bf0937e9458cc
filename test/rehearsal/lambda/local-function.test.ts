import { existsSync } from 'node:fs';
import { functionOf, handlerOf, removeFunctions } from './function-fixture';

afterEach(removeFunctions);

/** What a handler printed as JSON. */
function printed(lines: readonly string[]): unknown {
  return JSON.parse(lines[0] ?? 'null');
}

describe('an invocation', () => {
  test('gives the event and collects what is written', async () => {
    const invocation = await functionOf(handlerOf('console.log(event.Step); console.error("and this"); process.stdout.write("no newline\\n")')).invoke({ Step: 'createSecret' });
    expect(invocation.error).toBeUndefined();
    expect([...invocation.lines].sort()).toEqual(['and this', 'createSecret', 'no newline']);
  });

  test('is cold first and warm then, in the same process', async () => {
    const local = functionOf(handlerOf('console.log(process.pid)'));
    const [one, two] = [await local.invoke({}), await local.invoke({})];
    expect([one.cold, two.cold]).toEqual([true, false]);
    expect(two.lines).toEqual(one.lines);
  });

  test('is cold again in a fresh process after a cool-down', async () => {
    const local = functionOf(handlerOf('console.log(process.pid)'));
    const one = await local.invoke({});
    await local.coolDown();
    const two = await local.invoke({});
    expect(two.cold).toBe(true);
    expect(two.lines).not.toEqual(one.lines);
  });

  test('concurrent with another has a process of its own', async () => {
    const local = functionOf(handlerOf('await new Promise(resolve => setTimeout(resolve, 50)); console.log(process.pid)'));
    const [one, two] = await Promise.all([local.invoke({}), local.invoke({})]);
    expect([one?.cold, two?.cold]).toEqual([true, true]);
    expect(one?.lines).not.toEqual(two?.lines);
  });

  test('passes the context that Lambda passes', async () => {
    const { lines } = await functionOf(handlerOf('console.log(JSON.stringify({ ...context, left: context.getRemainingTimeInMillis() }))'), { timeoutSeconds: 7 }).invoke({});
    expect(printed(lines)).toMatchObject({
      functionName: 'rotate',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:111122223333:function:rotate',
      memoryLimitInMB: '256',
      functionVersion: '$LATEST',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect((printed(lines) as { left: number }).left).toBeLessThanOrEqual(7_000);
  });
});

describe('the environment', () => {
  test('is the template\'s and Lambda\'s, with nothing of this machine\'s', async () => {
    process.env.OF_THIS_MACHINE = 'yes';
    const { lines } = await functionOf(handlerOf('console.log(JSON.stringify(process.env))')).invoke({});
    delete process.env.OF_THIS_MACHINE;
    expect(Object.keys(printed(lines) as object).sort()).toEqual([
      'AWS_ACCESS_KEY_ID', 'AWS_DEFAULT_REGION', 'AWS_ENDPOINT_URL_SECRETS_MANAGER', 'AWS_EXECUTION_ENV', 'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION', 'AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'LAMBDA_RUNTIME_DIR', 'LAMBDA_TASK_ROOT', 'LANG', 'PATH', 'ROTATION', 'TZ', '_HANDLER',
    ]);
    expect(printed(lines)).toMatchObject({ ROTATION: 'on', AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x', AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: 'ASIAFUNCTION00000000' });
  });

  test('keeps the template\'s own NODE_OPTIONS', async () => {
    const { lines } = await functionOf(handlerOf('console.log(JSON.stringify([process.env.NODE_OPTIONS, Error.stackTraceLimit]))'), { environment: { NODE_OPTIONS: '--stack-trace-limit=3' } }).invoke({});
    expect(printed(lines)).toEqual(['--stack-trace-limit=3', 3]);
  });
});

describe('handlers', () => {
  test('of ES modules are loaded', async () => {
    const { lines, error } = await functionOf({ 'index.mjs': 'export const handler = async () => console.log("module");' }).invoke({});
    expect([lines, error]).toEqual([['module'], undefined]);
  });

  test('of packages of the type module are loaded', async () => {
    const { lines } = await functionOf({ 'package.json': '{"type":"module"}', 'index.js': 'export const handler = async () => console.log("module");' }).invoke({});
    expect(lines).toEqual(['module']);
  });

  test('in a folder are loaded', async () => {
    const { lines } = await functionOf({ 'src/app.js': 'exports.main = { rotate: async () => console.log("nested") };' }, { handler: 'src/app.main.rotate' }).invoke({});
    expect(lines).toEqual(['nested']);
  });

  test('that are texts of the template are loaded', async () => {
    const { lines } = await functionOf({}, { code: { inline: 'exports.handler = async () => console.log("inline");' } }).invoke({});
    expect(lines).toEqual(['inline']);
  });

  test('that call back are waited for', async () => {
    const { lines, error } = await functionOf({ 'index.js': 'exports.handler = (event, context, done) => setTimeout(() => { console.log("called back"); done(null); }, 5);' }).invoke({});
    expect([lines, error]).toEqual([['called back'], undefined]);
  });
});

describe('failures', () => {
  test('of the handler keep name and message, and the process', async () => {
    const local = functionOf(handlerOf('const error = new Error("what happened"); error.name = "DRIFT"; throw error;'));
    const [one, two] = [await local.invoke({}), await local.invoke({})];
    expect(one.error).toEqual({ name: 'DRIFT', message: 'what happened' });
    expect(two.cold).toBe(false);
  });

  test('to end in time kill the process, and say how long it had', async () => {
    const local = functionOf(handlerOf('console.log("begun"); if (event.hang) await new Promise(() => setInterval(() => {}, 1000));'), { timeoutSeconds: 1 });
    const late = await local.invoke({ hang: true });
    expect(late.error?.message).toBe('Task timed out after 1 seconds');
    expect((await local.invoke({})).cold).toBe(true);
  });

  test('to go on are reported with the exit status', async () => {
    const local = functionOf(handlerOf('process.exit(7);'));
    expect((await local.invoke({})).error).toEqual({ name: 'Runtime.ExitError', message: 'the process ended with exit status 7' });
    expect((await local.invoke({})).cold).toBe(true);
  });

  test('outside of the handler are the invocation\'s', async () => {
    const { error } = await functionOf(handlerOf('setTimeout(() => { throw new Error("later"); }, 1); await new Promise(resolve => setTimeout(resolve, 5000));')).invoke({});
    expect(error?.message).toBe('later');
  });

  test('to load are the invocation\'s', async () => {
    expect((await functionOf({ 'index.js': 'throw new Error("at load");' }).invoke({})).error?.message).toBe('at load');
    expect((await functionOf({ 'index.js': '' }).invoke({})).error?.message).toBe('index.handler is undefined or not exported');
    expect((await functionOf({ 'other.js': '' }).invoke({})).error?.message).toBe('Cannot find the module of the handler index.handler');
  });
});

test('nothing is left after removal', async () => {
  const local = functionOf(handlerOf('console.log(JSON.stringify([process.pid, process.env.LAMBDA_TASK_ROOT]))'));
  const [pid, directory] = printed((await local.invoke({})).lines) as [number, string];
  await local.remove();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(existsSync(directory)).toBe(false);
});
