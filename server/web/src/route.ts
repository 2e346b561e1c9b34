/** Which page an address means. */
export type Route =
  | { page: 'conversation' }
  | { page: 'record'; id: string }
  | { page: 'search'; query: string }
  | { page: 'nowhere' };

/** Reads path and query string (with its question mark, or empty) as a route; never throws. */
export function routeOf(path: string, search: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'conversation' };
  if (path === '/search') return { page: 'search', query: search };
  const record = /^\/records\/([^/]+)\/?$/.exec(path)?.[1];
  if (record !== undefined) return { page: 'record', id: decoded(record) };
  return { page: 'nowhere' };
}

/** The address of a record's own page. */
export function recordAddress(id: string): string {
  return `/records/${encodeURIComponent(id)}`;
}

/** The address of a plain search for `words`. */
export function searchAddress(words: string): string {
  return `/search?q=${encodeURIComponent(words)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
