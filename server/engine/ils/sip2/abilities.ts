import net from 'node:net';
import type { Capabilities, Capability } from '../capabilities.js';
import type { IlsFault } from '../ils-fault.js';
import type { Reply } from './reply.js';
import type { Sip2Settings } from './settings.js';

/** Places of the supported messages in field BX of a 98. */
const places = { patronStatus: 0, patronInformation: 7, item: 10, hold: 13, renew: 14 };

/**
 * What this server lets Carrel do. What a 98 says of itself is advice: servers leave it short, padded or wrong, so that
 * it becomes a note and takes nothing away.
 */
export function abilitiesOf(settings: Sip2Settings, hello: Reply | undefined): Capabilities {
  const supported = hello?.first('BX') ?? '';
  const exposed = isExposed(settings) ? EXPOSED : undefined;
  const ability = (place: number, ...notes: (string | undefined)[]): Capability => {
    const denied = supported.length >= 16 && supported[place] === 'N' ? DENIED : undefined;
    const note = [denied, ...notes].filter((one) => one !== undefined).join(' ');
    return note === '' ? { works: true } : { works: true, note };
  };
  const signIn = settings.sign_in_message === '23' ? places.patronStatus : places.patronInformation;
  const noPlaces: Capability = {
    works: false,
    because: 'SIP2 cannot say where holds are fetched, and the settings name no such place.',
    grant: 'Name the pickup places in the setting “branches”.',
  };
  const hasPlaces = settings.branches.length > 0;
  return {
    branches: hasPlaces ? { works: true, note: 'As the settings name them.' } : noPlaces,
    availability: ability(places.item, 'Copies are asked about one by one, by the barcodes in the records.'),
    authenticate: ability(signIn, settings.missing_cq === 'accept' ? UNCHECKED : undefined, exposed),
    account: ability(places.patronInformation, exposed),
    renew: ability(places.renew, exposed),
    place_hold: hasPlaces ? ability(places.hold, exposed) : noPlaces,
    cancel_hold: ability(places.hold, exposed),
    harvest: {
      works: false,
      because: 'SIP2 has no way to list a catalogue.',
      grant: 'Import a file of records, or harvest them by OAI-PMH or SRU.',
    },
  };
}

const EXPOSED =
  'Cards and PINs cross the network as clear text: switch on TLS, or reach the server through a tunnel on this machine.';
const DENIED = 'The server says of itself that it does not do this; such words are not always true.';
const UNCHECKED =
  'A patron is let in even where the server does not say that the PIN is right: make sure that it checks PINs at all.';

/** True when what is sent can be read by others on the way. */
export function isExposed({ tls, host }: Pick<Sip2Settings, 'tls' | 'host'>): boolean {
  if (tls || host.toLowerCase() === 'localhost') return false;
  const bare = host.replace(/^\[|\]$/g, '');
  return net.isIPv4(bare) ? !bare.startsWith('127.') : bare !== '::1';
}

/** Every function refused, because Carrel's own account was. */
export function noAbilities(fault: IlsFault): Capabilities {
  const refused: Capability = {
    works: false,
    because: 'The server does not let Carrel sign in.',
    ...(fault.grant !== undefined && { grant: fault.grant }),
  };
  return {
    branches: refused,
    availability: refused,
    authenticate: refused,
    account: refused,
    renew: refused,
    place_hold: refused,
    cancel_hold: refused,
    harvest: refused,
  };
}
