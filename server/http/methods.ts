import { accountRoutes } from '../contract/account.js';
import { officeRoutes } from '../contract/office.js';
import { discoveryRoutes, type RouteRow } from '../contract/routes.js';

const API = '/api/v1';
const rows: readonly RouteRow[] = [...discoveryRoutes, ...accountRoutes, ...officeRoutes];
const addresses = rows.map(({ method, path }) => ({
  method: method.toUpperCase(),
  pattern: new RegExp(`^${API}${path.replace(/\{[^}]+\}/g, '[^/]+')}/?$`),
}));

/** The methods that an address of the API takes, GET with HEAD; none where there is no such address. */
export function methodsOf(path: string): string[] {
  const taken = addresses.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
  return [...new Set(taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
}
