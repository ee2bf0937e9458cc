import { startRedis } from './harness';

/** Starts a server, says where it is, and waits to be killed. */
async function main(): Promise<void> {
  const server = await startRedis();
  process.stdout.write(`${server.home}\n`);
  setInterval(() => undefined, 60_000);
}

void main();
