import type { ClientGroup, ClientReport } from '../model';
import { CLIENT_GROUPS } from '../refusals';

export const ROW_HEIGHT = 9;
const GROUP_GAP = 15;

/** One client's line in the picture. */
export interface ClientRow {
  readonly client: ClientReport;
  readonly top: number;
}

export interface GroupRows {
  readonly group: ClientGroup;
  readonly rows: readonly ClientRow[];
  readonly top: number;
  readonly bottom: number;
}

/** The clients from `top` down, a row each, group by group. */
export function groupRows(clients: readonly ClientReport[], top: number): readonly GroupRows[] {
  let bottom = top - GROUP_GAP;
  return CLIENT_GROUPS
    .map(group => ({ group, members: clients.filter(client => client.group === group) }))
    .filter(({ members }) => members.length > 0)
    .map(({ group, members }) => {
      const start = bottom + GROUP_GAP;
      bottom = start + members.length * ROW_HEIGHT;
      return { group, top: start, bottom, rows: members.map((client, index) => ({ client, top: start + index * ROW_HEIGHT })) };
    });
}
