import { createHash } from 'node:crypto';
import type { Connection } from 'pg';
import { formatVerifier, scramKeys, serverSignature } from './scram';
import type { Credential } from '../../engine/contract/credential';

/** How the server asked for the password. */
export type AuthenticationMethod = 'none' | 'cleartext' | 'md5' | 'scram-sha-256';

/** What pg keeps of its SCRAM exchange (pg/lib/crypto/sasl.js, not part of its typed interface). */
export interface SaslSession {
  readonly clientNonce: string;
  /** The client's last message. */
  readonly response: string;
}

interface ServerMessage {
  readonly data: string;
}

/**
 * Listens to a sign-in. From what the server says there, and the password, follows what the server stores:
 * that is what a password that has to come back is put back from.
 */
export class SignInRecord {
  method: AuthenticationMethod = 'none';
  private serverFirst = '';
  private serverFinal = '';
  private exchange?: SaslSession;

  /** Call before the client connects: pg forgets its exchange with the server's last message. */
  listen(connection: Connection, saslSession: () => SaslSession | undefined): void {
    connection.on('authenticationCleartextPassword', () => { this.method = 'cleartext'; });
    connection.on('authenticationMD5Password', () => { this.method = 'md5'; });
    connection.on('authenticationSASLContinue', (message: ServerMessage) => { this.serverFirst = message.data; });
    connection.on('authenticationSASLFinal', (message: ServerMessage) => {
      this.method = 'scram-sha-256'; // not before: a server that accepts without its own proof has proven nothing
      this.serverFinal = message.data;
      this.exchange = saslSession();
    });
  }

  /**
   * Exactly what the server stores for this credential, or nothing if that cannot be proven: the form that SASLprep gives
   * to a password outside ASCII is not known for sure here.
   */
  async storedForm(credential: Credential): Promise<string | undefined> {
    if (this.method === 'md5') return md5Form(credential);
    for (const password of new Set([credential.password, credential.password.normalize('NFKC')])) {
      const verifier = await this.provenVerifier(password);
      if (verifier !== undefined) return verifier;
    }
    return undefined;
  }

  /** The verifier whose ServerKey made the signature that the server sent. */
  private async provenVerifier(password: string): Promise<string | undefined> {
    const [, nonce, salt, iterations] = /^r=([^,]+),s=([^,]+),i=(\d+)$/.exec(this.serverFirst) ?? [];
    if (this.exchange === undefined || nonce === undefined || salt === undefined) return undefined;
    const keys = await scramKeys(password, { salt: Buffer.from(salt, 'base64'), iterations: Number(iterations) });
    const withoutProof = this.exchange.response.replace(/,p=[^,]*$/, '');
    const authMessage = `n=*,r=${this.exchange.clientNonce},${this.serverFirst},${withoutProof}`;
    return this.serverFinal === `v=${serverSignature(keys, authMessage)}` ? formatVerifier(keys) : undefined;
  }
}

/** PostgreSQL documentation, 52.8 "pg_authid". */
function md5Form({ username, password }: Credential): string {
  return `md5${createHash('md5').update(password + username).digest('hex')}`;
}
