import { DatabaseError } from 'pg';

/** An error as the server sends it: SQLSTATEs of PostgreSQL's documentation, appendix A. */
export function serverError(code: string, message: string, routine = 'simulated'): DatabaseError {
  return Object.assign(new DatabaseError(message, message.length, 'error'), { code, routine, severity: 'ERROR' });
}

export function denied(what: string): DatabaseError {
  return serverError('42501', `permission denied ${what}`);
}

export function noSuchRole(name: string): DatabaseError {
  return serverError('42704', `role "${name}" does not exist`);
}

export function passwordWrong(name: string): DatabaseError {
  return serverError('28P01', `password authentication failed for user "${name}"`, 'auth_failed');
}

/** What pg says when the socket has gone. */
export function connectionLost(): Error {
  return new Error('Connection terminated unexpectedly');
}
