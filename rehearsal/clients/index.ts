import { ClientsProcess } from './clients-process';
import type { ClientsSettings } from './settings';
import type { ClientReport } from '../report/model';

export { CLIENT_ACCESS_KEY_ID, CLIENTS_PER_GROUP, type ClientService, type ClientsSettings } from './settings';

/** Clients that sign in until they are stopped. */
export interface Clients {
  /** Lets the sign-ins under way finish, ends the clients' process, and tells what every client saw. */
  stop(): Promise<readonly ClientReport[]>;
}

/**
 * Starts the clients of one secret in a process of their own, so that their work does not stand in the way of the
 * rehearsal's. The secret must name a user that can sign in: start them after the first promotion.
 */
export async function startClients(settings: ClientsSettings): Promise<Clients> {
  const clients = new ClientsProcess();
  try {
    await clients.ask({ kind: 'start', settings }, 'started');
  } catch (error) {
    await clients.end();
    throw error;
  }
  return { stop: () => stopClients(clients) };
}

async function stopClients(clients: ClientsProcess): Promise<readonly ClientReport[]> {
  try {
    const answer = await clients.ask({ kind: 'stop' }, 'report');
    return answer.clients;
  } finally {
    await clients.end();
  }
}
