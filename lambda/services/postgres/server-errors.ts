import { DatabaseError } from 'pg';

/** What may be told of an error that the server sent. Its detail, context and query could repeat a statement, so they are never read. */
export interface ServerError {
  readonly sqlState: string;
  /** The function in the server's source; unlike the message it does not depend on `lc_messages`. */
  readonly routine: string;
  readonly message: string;
}

const SYNTAX_ERROR = '42601';
const STORED_PASSWORD = /SCRAM-SHA-256\$|md5[0-9a-f]{32}/;

export function serverError(error: unknown): ServerError | undefined {
  if (!(error instanceof DatabaseError) || error.code === undefined) return undefined;
  return { sqlState: error.code, routine: error.routine ?? '', message: safeMessage(error) };
}

/** For an error's reason. */
export function describe({ message, sqlState }: ServerError): string {
  return `${message} (SQLSTATE ${sqlState})`;
}

/** The server never gets to know a password, but a syntax error would quote the verifier. */
function safeMessage({ code, message }: DatabaseError): string {
  return code === SYNTAX_ERROR || STORED_PASSWORD.test(message) ? 'message withheld' : message;
}
