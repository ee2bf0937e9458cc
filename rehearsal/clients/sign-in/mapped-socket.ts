import { Socket } from 'node:net';
import { Hosts, mappedAddress } from './mapped-address';

/** Connects to where a made-up name is on this machine; what speaks through it knows the name alone, and verifies it. */
export class MappedSocket extends Socket {
  constructor(private readonly where: Hosts) {
    super();
  }

  override connect(...args: unknown[]): this {
    const [port, host] = args;
    try {
      const address = mappedAddress(this.where, String(host), Number(port));
      return super.connect(address.port, address.host);
    } catch (error: unknown) {
      return this.destroy(error as Error);
    }
  }
}
