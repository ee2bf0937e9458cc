import type { TLSSocket } from 'node:tls';
import { CertificateAuthorityFiles, certificateAuthorityFiles, readCertificateAuthorities } from './certificate-authorities';
import { openSecureSocket } from './secure-socket';
import { StartedUp, startUp, StartUpRequest } from './start-up';
import type { EndpointConfig } from '../../../src/private/rotation-config';

/** The way to a server: the only part of this service that touches the network. */
export interface Wire {
  /** Opens a connection to a server whose certificate was verified; nobody has signed in on it yet. */
  open(endpoint: EndpointConfig, timeoutMs: number): Promise<TLSSocket>;
  /** Signs in on a connection from `open`. Throws what pg throws. */
  startUp(request: StartUpRequest): Promise<StartedUp>;
}

/** Trusts the CA that lies beside the bundle, and no other. */
export class TlsWire implements Wire {
  private authorities?: Promise<string>;

  constructor(private readonly custom: boolean | undefined, private readonly files: CertificateAuthorityFiles = certificateAuthorityFiles()) {}

  async open(endpoint: EndpointConfig, timeoutMs: number): Promise<TLSSocket> {
    this.authorities ??= readCertificateAuthorities(this.custom, this.files);
    return openSecureSocket({ endpoint, authorities: await this.authorities, timeoutMs });
  }

  startUp(request: StartUpRequest): Promise<StartedUp> {
    return startUp(request);
  }
}
