import { Deadline, RESERVE_MS } from '../../engine/contract/deadline';

export type SessionParameters = Readonly<Record<string, string>>;

const LONGEST_LOCK_WAIT_MS = 10_000;

/**
 * Settings of our own sessions, which win over those of the role and the database (process_startup_options in PostgreSQL's
 * postinit.c comes before process_settings). The time-outs end what a frozen function leaves behind.
 */
export function sessionParameters(deadline: Deadline, role?: 'none'): SessionParameters {
  const remainingMs = Math.ceil(deadline.remainingMs) + RESERVE_MS;
  return {
    statement_timeout: String(remainingMs),
    lock_timeout: String(Math.min(remainingMs, LONGEST_LOCK_WAIT_MS)),
    idle_in_transaction_session_timeout: String(remainingMs),
    idle_session_timeout: String(remainingMs),
    search_path: 'pg_catalog', // no function or operator of somebody else's runs in our statements (CVE-2018-1058)
    client_min_messages: 'warning', // a role that silences warnings would hide a failed `role` setting
    default_transaction_read_only: 'off', // a role may have it on for its own sake
    synchronous_commit: 'on', // a promoted password must survive a crash of the server
    // A role with a `role` setting acts as another, which may not change this one's password.
    ...(role === undefined ? {} : { role }),
  };
}

/** For the start-up packet: `-c name=value`, with blanks and backslashes escaped (PostgreSQL documentation, 55.7 "StartupMessage"). */
export function asStartupOptions(parameters: SessionParameters): string {
  return Object.entries(parameters).map(([name, value]) => `-c ${name}=${value.replace(/[\\ ]/g, '\\$&')}`).join(' ');
}

/** For behind a pooler that takes no start-up options. */
export function asStatements(parameters: SessionParameters): string {
  return Object.entries(parameters).map(([name, value]) => `SET ${name} TO '${value}'`).join('; ');
}
