import { RotationError } from '../../lambda/engine/contract/errors';
import { openSecureSocket } from '../../lambda/services/postgres/secure-socket';

/** Opens a verified connection to a port of localhost, trusting the PEM in TEST_CA, and prints what came of it. */
async function main(): Promise<void> {
  const endpoint = { host: 'localhost', port: Number(process.argv[2]) };
  const outcome = await openSecureSocket({ endpoint, authorities: process.env.TEST_CA ?? '', timeoutMs: 5_000 })
    .then(socket => socket.destroy() && 'opened', (error: unknown) => (error instanceof RotationError ? error.code : String(error)));
  process.stdout.write(outcome);
}

void main();
