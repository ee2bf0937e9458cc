import { runClients } from './run-clients';
import type { FromClients, ToClients } from './settings';
import type { ClientReport } from '../report/model';

// The process of the clients: it obeys the rehearsal, and goes when the rehearsal goes, however that ends.
const stopping = new AbortController();
let reports: Promise<readonly ClientReport[]> | undefined;

process.on('message', (message: ToClients) => {
  if (message.kind === 'start') return start(message);
  stopping.abort();
  void reports?.then(clients => tell({ kind: 'report', clients }));
});
process.on('disconnect', () => process.exit());

function start({ settings }: Extract<ToClients, { kind: 'start' }>): void {
  reports = runClients(settings, stopping.signal);
  tell({ kind: 'started' });
}

function tell(message: FromClients): void {
  process.send?.(message);
}
