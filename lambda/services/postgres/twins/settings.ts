import { quoteIdentifier, quoteLiteral } from '../identifiers';
import { Pair } from './pair';
import { actingRole, Setting, State } from './state';

/** What has to change in a user's settings; no `value` means that the setting goes. */
export interface SettingChange {
  readonly login: string;
  readonly database: string | null;
  readonly name: string;
  readonly value?: string;
}

/** The first user is the model, whichever is current; only `role` follows rules of its own. */
export function settingChanges(pair: Pair, state: State): readonly SettingChange[] {
  return pair.arranged.flatMap(login => {
    const wanted = [...wantedRoles(pair, state.settings, login), ...modelOf(pair, state.settings, login)];
    const actual = state.settings.filter(setting => setting.login === login);
    const added = wanted.filter(setting => valueOf(actual, setting) !== setting.value);
    const removed = actual.filter(setting => valueOf(wanted, setting) === undefined);
    return [...added, ...removed.map(({ value: _, ...setting }) => setting)];
  });
}

/** Which settings PostgreSQL keeps as a list of quoted names: given as one literal they would become one name. */
const QUOTED_LISTS = ['search_path', 'temp_tablespaces', 'session_preload_libraries', 'local_preload_libraries'];

/** Several statements to be sent as one query: between them this session lives with the user's search path. */
export function settingStatement({ login, database, name, value }: SettingChange): string {
  const scope = database === null ? '' : ` IN DATABASE ${quoteIdentifier(database)}`;
  const alter = `ALTER ROLE ${quoteIdentifier(login)}${scope}`;
  const parameter = name.split('.').map(quoteIdentifier).join('.');
  if (value === undefined) return `${alter} RESET ${parameter}`;
  if (!QUOTED_LISTS.includes(name)) return `${alter} SET ${parameter} = ${quoteLiteral(value)}`;
  return `SELECT pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true);
    ${alter} SET ${parameter} FROM CURRENT;
    SELECT pg_catalog.set_config('search_path', 'pg_catalog', true)`;
}

function wantedRoles(pair: Pair, settings: readonly Setting[], login: string): Setting[] {
  const everywhere = { login, database: null, name: 'role', value: actingRole(pair, settings, null) };
  if (pair.ownerRole !== undefined) return [everywhere];
  const databases = settings.filter(setting => setting.login === pair.first && setting.name === 'role').map(setting => setting.database);
  const perDatabase = databases.filter(database => database !== null);
  return [everywhere, ...perDatabase.map(database => ({ login, database, name: 'role', value: actingRole(pair, settings, database) }))];
}

function modelOf(pair: Pair, settings: readonly Setting[], login: string): Setting[] {
  return settings.filter(setting => setting.login === pair.first && setting.name !== 'role').map(setting => ({ ...setting, login }));
}

function valueOf(settings: readonly Setting[], { database, name }: SettingChange): string | undefined {
  return settings.find(setting => setting.database === database && setting.name === name)?.value;
}
