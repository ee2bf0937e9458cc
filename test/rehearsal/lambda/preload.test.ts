import { createServer, Server, AddressInfo } from 'node:net';
import { functionOf, handlerOf, removeFunctions } from './function-fixture';

const NAME = 'orders.cabc.us-east-1.rds.amazonaws.com';
let server: Server;

beforeAll(async () => {
  server = createServer(socket => socket.end('hello'));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise(resolve => server.close(resolve)));
afterEach(removeFunctions);

/** Runs code in a function that may reach `orders…:5432`, and gives what it printed. */
async function run(code: string): Promise<readonly string[]> {
  const { port } = server.address() as AddressInfo;
  const { lines, error } = await functionOf(handlerOf(code), {}, { hosts: { [`${NAME}:5432`]: `127.0.0.1:${port}` } }).invoke({});
  expect(error).toBeUndefined();
  return lines;
}

function connect(options: string): string {
  return `await new Promise(done => { const socket = require("net").connect(${options});
    socket.on("data", data => console.log(String(data))); socket.on("error", error => console.log(error.code)); socket.on("close", done); });`;
}

const MESSAGE = 'The rehearsal lets the function reach the databases of the assembly and Secrets Manager alone, not';

test.each([
  ['options', `{ host: "${NAME}", port: 5432 }`],
  ['port and host', `5432, "${NAME}"`],
])('a made-up name leads to this machine, given as %s', async (_, options) => {
  expect(await run(connect(options))).toEqual(['hello']);
});

test('a socket that is connected later is led, too', async () => {
  expect(await run(`const socket = new (require("net").Socket)(); socket.on("data", data => console.log(String(data)));
    await new Promise(done => socket.on("close", done).connect(5432, "${NAME}"));`)).toEqual(['hello']);
});

test.each([
  ['another port of a known name', `{ host: "${NAME}", port: 5433 }`, `${NAME}:5433`],
  ['another name', '{ host: "db.example.com", port: 5432 }', 'db.example.com:5432'],
  ['an address', '{ host: "10.0.0.1", port: 5432 }', '10.0.0.1:5432'],
  ['another port of this machine', '{ port: 1 }', 'localhost:1'],
])('refuses %s, and says so', async (_, options, target) => {
  expect([...await run(connect(options))].sort()).toEqual(['ENOTFOUND', `${MESSAGE} ${target}`].sort());
});

test('refuses to look up other names', async () => {
  const lines = await run(`const dns = require("dns");
    console.log(await dns.promises.lookup("${NAME}").then(({ address }) => address));
    await new Promise(done => dns.lookup("${NAME}", (error, address) => { console.log(address); done(); }));
    await new Promise(done => dns.lookup("example.com", error => { console.log(error.code); done(); }));`);
  expect([...lines].sort()).toEqual(['127.0.0.1', '127.0.0.1', 'ENOTFOUND', `${MESSAGE} example.com`].sort());
});

test('refuses an HTTP client, too', async () => {
  expect(await run('await fetch("https://example.com").catch(error => console.log(error.cause.code));')).toContain('ENOTFOUND');
});

test('Lambda\'s CA file is the rehearsal\'s', async () => {
  const lines = await run(`const fs = require("fs"); const path = "/var/runtime/ca-cert.pem";
    console.log(fs.readFileSync(path, "utf8").split("\\n")[1], (await fs.promises.readFile(path, "utf8")).split("\\n")[1]);`);
  expect(lines).toEqual(['of the rehearsal of the rehearsal']);
});
