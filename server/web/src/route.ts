/** Which page an address means. */
export type Route =
  | { page: 'conversation' }
  | { page: 'record'; id: string }
  | { page: 'search'; query: string }
  | { page: 'account' }
  | { page: 'my_data' }
  | { page: 'nowhere' };

/** Reads path and query string (with its question mark, or empty) as a route; never throws. */
export function routeOf(path: string, search: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'conversation' };
  if (path === '/search') return { page: 'search', query: search };
  if (path === '/account') return { page: 'account' };
  if (path === '/my-data') return { page: 'my_data' };
  const record = /^\/records\/([^/]+)\/?$/.exec(path)?.[1];
  if (record !== undefined) return { page: 'record', id: decoded(record) };
  return { page: 'nowhere' };
}

/** Reads an address, path and query in one, as a route. */
export function routeAt(address: string): Route {
  const cut = address.indexOf('?');
  return cut < 0 ? routeOf(address, '') : routeOf(address.slice(0, cut), address.slice(cut));
}

/** The address of a record's own page. */
export function recordAddress(id: string): string {
  return `/records/${encodeURIComponent(id)}`;
}

/** The address of a plain search for `words`. */
export function searchAddress(words: string): string {
  return `/search?q=${encodeURIComponent(words)}`;
}

/** Whether an address asks for answers without a language model: a kiosk set so opens `/?ai=off`. */
export function isWithoutModel(search: string): boolean {
  return new URLSearchParams(search).get('ai') === 'off';
}

/** Where a step to `to` leads from the address `from`: no step leads back to answers with a model. */
export function onward(to: string, from: string): string {
  const search = (address: string): string => /\?.*/.exec(address)?.[0] ?? '';
  if (!isWithoutModel(search(from)) || isWithoutModel(search(to))) return to;
  return `${to}${search(to) === '' ? '?' : '&'}ai=off`;
}

/** The first page as this browser is set up: what an address says about a kiosk stays, what it says about a visit goes. */
export function homeOf(address: string): string {
  const cut = address.indexOf('?');
  if (cut < 0) return '/';
  const said = new URLSearchParams(address.slice(cut));
  const kept = new URLSearchParams();
  // In plain search a branch is a filter.
  const branch = address.startsWith('/search') ? null : said.get('branch');
  if (branch !== null) kept.set('branch', branch);
  if (said.get('ai') === 'off') kept.set('ai', 'off');
  return kept.size === 0 ? '/' : `/?${kept.toString()}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
