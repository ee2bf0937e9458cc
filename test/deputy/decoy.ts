import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, Server } from 'node:tls';
import type { ServerCertificate } from '../../rehearsal/tls/certificate-authority';

/** Listens where a writer of the secret would like the function to sign in, with a certificate that it would trust. */
export class Decoy {
  /** At a port of its own, and, where loopback has a second address as Linux has, at the very port of the genuine server. */
  static async start(certificate: ServerCertificate, genuinePort?: number): Promise<Decoy> {
    const decoy = new Decoy();
    const here = await decoy.listen(certificate, { host: '127.0.0.1', port: 0 });
    decoy.port = (here.address() as AddressInfo).port;
    if (genuinePort !== undefined) await decoy.listen(certificate, { host: SECOND_LOOPBACK, port: genuinePort });
    return decoy;
  }

  readonly host = SECOND_LOOPBACK;
  port = 0;
  /** How often anybody came, whether to speak TLS or not. */
  connections = 0;
  private readonly servers: Server[] = [];

  private constructor() {}

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => new Promise((resolve) => { server.close(resolve); })));
  }

  private async listen({ certificate, key }: ServerCertificate, address: { readonly host: string; readonly port: number }): Promise<Server> {
    const server = createServer({ cert: certificate, key }, (socket) => socket.destroy());
    server.on('connection', (socket) => {
      this.connections++;
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(address);
    await once(server, 'listening');
    this.servers.push(server);
    return server;
  }
}

const SECOND_LOOPBACK = '127.0.0.2';
