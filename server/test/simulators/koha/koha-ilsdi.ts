import type { Answer, Asked } from '../http-simulator.js';
import type { kohaAuth } from './koha-auth.js';
import type { KohaState } from './koha-state.js';

/** Where the OPAC answers ILS-DI. */
export const ILSDI_PATH = '/cgi-bin/koha/ilsdi.pl';

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  AuthenticatePatron: ['username', 'password'],
  GetAvailability: ['id', 'id_type'],
};

/**
 * Two services of `opac/ilsdi.pl` and C4/ILSDI/Services.pm. CGI reads its parameters from the body of a POST, and from the
 * address of anything else. Every answer is 200 and XML.
 */
export function ilsdi(state: KohaState, auth: ReturnType<typeof kohaAuth>, asked: Asked): Answer {
  const given = asked.method === 'POST' ? new URLSearchParams(asked.body) : asked.query;
  const service = given.get('service') ?? '';
  const required = REQUIRED[service];
  if (!required) return xml('ilsdi', { message: 'NotSupported' });
  const names = [...given.keys()].filter((name) => name !== 'service');
  const missing = required.find((name) => !names.includes(name));
  const illegal = names.find((name) => !required.includes(name));
  const refusal = notAllowed(state) ?? wrong(missing, illegal);
  if (refusal) return xml(service, refusal);
  if (service === 'GetAvailability')
    return {
      status: 200,
      headers: { 'content-type': 'text/xml; charset=utf-8' },
      body: '<?xml version="1.0" encoding="UTF-8" ?>\n<dlf:collection\n  xmlns:dlf="http://diglib.org/ilsdi/1.1">\n</dlf:collection>\n',
    };
  const found = auth.checkPin(given.get('username') ?? '', given.get('password') ?? '');
  if (found === 'expired') return xml(service, { code: 'PasswordExpired' });
  return xml(service, found ? { id: String(found.patron_id) } : { code: 'PatronNotFound' });
}

function notAllowed({ sysprefs }: KohaState): Record<string, string> | undefined {
  if (!sysprefs['ILS-DI']) return { code: 'NotAllowed', message: 'ILS-DI is disabled.' };
  const isOpen = sysprefs['ILS-DI:AuthorizedIPs'].some((address) => address === '127.0.0.1');
  return isOpen || sysprefs['ILS-DI:AuthorizedIPs'].length === 0
    ? undefined
    : { code: 'NotAllowed', message: 'Unauthorized IP address: 127.0.0.1.' };
}

function wrong(missing: string | undefined, illegal: string | undefined): Record<string, string> | undefined {
  if (missing !== undefined)
    return { code: 'MissingParameter', message: `The required parameter ${missing} is missing.` };
  if (illegal !== undefined)
    return { code: 'IllegalParameter', message: `The parameter ${illegal} is illegal.` };
  return undefined;
}

function xml(root: string, elements: Record<string, string>): Answer {
  const inside = Object.entries(elements).map(([name, text]) => `  <${name}>${text}</${name}>\n`);
  return {
    status: 200,
    headers: { 'content-type': 'text/xml; charset=utf-8' },
    body: `<?xml version="1.0" encoding="UTF-8" ?>\n<${root}>\n${inside.join('')}</${root}>\n`,
  };
}
