/** How a link names a title: OverDrive's reserve ID in lower case, or its title ID, which is a number. */
export interface LinkedTitle {
  key: string;
  /** Where a patron borrows it; absent for samples and covers. */
  url?: string;
}

const ownHosts = ['overdrive.com', 'contentreserve.com', 'libbyapp.com'];
const reserveId = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const numbered = /\/(?:media|titles?)\/(\d+)(?=\/|$)/i;
const sideHosts = /^(?:samples?|excerpts?|images?|img\d*)\./i;
const MOST = 8;

/** Titles that the links of a record (MARC 856) lead to, each once; links to anywhere else say nothing. */
export function titlesOfLinks(
  links: readonly { url: string }[],
  moreHosts: readonly string[] = [],
): LinkedTitle[] {
  const hosts = [...ownHosts, ...moreHosts.map((host) => host.toLowerCase())];
  const found = new Map<string, LinkedTitle>();
  for (const { url } of links) {
    const title = titleOf(url, hosts);
    if (!title) continue;
    const known = found.get(title.key);
    if (!known || (known.url === undefined && title.url !== undefined)) found.set(title.key, title);
  }
  return [...found.values()].slice(0, MOST);
}

function titleOf(url: string, hosts: readonly string[]): LinkedTitle | undefined {
  const outer = webAddress(url);
  // A proxy's link has the one that matters inside.
  const inner = outer && webAddress(outer.searchParams.get('url') ?? outer.searchParams.get('qurl') ?? '');
  for (const address of [outer, inner]) {
    if (!address || !hosts.some((host) => isOf(address.hostname, host))) continue;
    const key = keyOf(address);
    if (key === undefined) continue;
    return sideHosts.test(address.hostname) ? { key } : { key, url };
  }
  return undefined;
}

function keyOf(address: URL): string | undefined {
  const id = reserveId.exec(address.pathname + address.search);
  if (id) return id[0].toLowerCase();
  for (const [name, value] of address.searchParams)
    if (name.toLowerCase() === 'titleid' && /^\d+$/.test(value)) return value;
  return numbered.exec(address.pathname)?.[1];
}

const isOf = (hostname: string, host: string): boolean => hostname === host || hostname.endsWith(`.${host}`);

function webAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === 'http:' || url?.protocol === 'https:' ? url : undefined;
}
