import { Major, startServer } from './postgres';

/** Starts a server, says where it is, and waits to be killed. */
async function main(): Promise<void> {
  const server = await startServer(Number(process.argv[2]) as Major);
  process.stdout.write(`${server.home}\n`);
  setInterval(() => undefined, 60_000);
}

void main();
