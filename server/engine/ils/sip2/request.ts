import { cleaned } from './fields.js';
import type { SipDates } from './dates.js';
import type { ReplyCode } from './reply.js';
import type { Sip2Settings } from './settings.js';

/**
 * Every message that Carrel can send, with the reply it wants. Blocking a card, enabling one, lending, taking back and
 * taking money (01, 25, 11, 09, 37) are not among them: there is no way to write such a message.
 */
export const answers = {
  '93': '94',
  '99': '98',
  '23': '24',
  '63': '64',
  '17': '18',
  '15': '16',
  '29': '30',
  '35': '36',
} as const satisfies Record<string, ReplyCode>;
export type RequestCode = keyof typeof answers;

export interface SipRequest {
  readonly code: RequestCode;
  /** The whole message, sequence number, checksum and terminator left off. */
  readonly text: string;
  /** `again`: asking twice does nothing more than asking once. `once`: never a second time, and not into a connection that may be dead. */
  readonly sent: 'again' | 'once' | 'any';
  /** Field that the reply must repeat, to tell it from a stray one where messages carry no numbers. */
  readonly about?: readonly [field: 'AA' | 'AB', value: string];
}

/** A patron in a message; the PIN is empty where it is not to be told. */
export interface SipCard {
  card: string;
  pin: string;
}

/** Lists that a 64 can hold, by their place in the summary of a 63. */
export const summaryPlaces = { holds: 0, overdue: 1, charged: 2, fines: 3, unavailable_holds: 5 } as const;
export type SummaryPart = keyof typeof summaryPlaces;

export interface SipHold {
  card: SipCard;
  barcode: string;
  titleId: string;
  pickup: string;
  /** 2: any copy of the title; 3: this copy. */
  type: '2' | '3';
}

type Field = readonly [name: string, value: string] | undefined;

/** Writes requests as one server wants them. */
export type SipRequests = ReturnType<typeof sipRequests>;

export function sipRequests(settings: Sip2Settings, dates: SipDates, now: () => number) {
  const aboutOf = (fields: readonly Field[]): SipRequest['about'] => {
    const find = (name: string): string | undefined => fields.find((field) => field?.[0] === name)?.[1];
    const [card, barcode] = [find('AA'), find('AB')];
    if (card !== undefined) return settings.card_in_answer === 'same' ? ['AA', card] : undefined;
    return barcode === undefined ? undefined : ['AB', barcode];
  };
  const message = (
    code: RequestCode,
    fixed: string,
    fields: readonly Field[],
    sent: SipRequest['sent'],
  ): SipRequest => {
    const about = aboutOf(fields);
    const written = fields.map((field) =>
      field === undefined ? '' : `${field[0]}${cleaned(field[1], settings.delimiter)}${settings.delimiter}`,
    );
    return { code, text: `${code}${fixed}${written.join('')}`, sent, ...(about && { about }) };
  };
  const stamp = (): string => dates.write(now());
  const institution: Field = ['AO', settings.institution];
  const terminal: Field =
    settings.send_terminal_password || settings.terminal_password !== ''
      ? ['AC', settings.terminal_password]
      : undefined;
  const patron = ({ card, pin }: SipCard): Field[] => [institution, ['AA', card], terminal, ['AD', pin]];

  return {
    login: () =>
      message(
        '93',
        '00',
        [
          ['CN', settings.login_user],
          ['CO', settings.login_password],
          settings.location === undefined ? undefined : ['CP', settings.location],
        ],
        'any',
      ),
    /** In order, lines of 80 characters, protocol 2.00. */
    status: () => message('99', '00802.00', [], 'again'),
    /** `again` is false where a second message might count as a second wrong PIN. */
    patronStatus: (card: SipCard, { again }: { again: boolean }) =>
      message('23', settings.language + stamp(), patron(card), again ? 'again' : 'once'),
    /** `part` is the list to tell; `from` its first entry, counted from 1, where windows are asked for. */
    patronInformation: (
      card: SipCard,
      { part, from, again }: { part?: SummaryPart; from?: number; again: boolean },
    ) => {
      const summary = Array.from({ length: 10 }, (_, place) =>
        part !== undefined && summaryPlaces[part] === place ? 'Y' : ' ',
      );
      return message(
        '63',
        settings.language + stamp() + summary.join(''),
        [
          ...patron(card),
          from === undefined ? undefined : ['BP', String(from)],
          from === undefined ? undefined : ['BQ', String(from + settings.list_window - 1)],
        ],
        again ? 'again' : 'once',
      );
    },
    item: (barcode: string) => message('17', stamp(), [institution, ['AB', barcode], terminal], 'again'),
    placeHold: ({ card: { card, pin }, barcode, titleId, pickup, type }: SipHold) => {
      const days = settings.hold_days;
      return message(
        '15',
        `+${stamp()}`,
        [
          days === 0 ? undefined : ['BW', dates.write(now() + days * 86_400_000)],
          ['BS', pickup],
          settings.hold_type_field ? ['BY', type] : undefined,
          institution,
          ['AA', card],
          ['AD', pin],
          ['AB', barcode],
          ['AJ', titleId],
          terminal,
          // No fee is ever accepted on a patron's behalf.
          ['BO', 'N'],
        ],
        'once',
      );
    },
    cancelHold: ({ card, pin }: SipCard, { barcode, titleId }: { barcode: string; titleId: string }) =>
      message(
        '15',
        `-${stamp()}`,
        [
          institution,
          ['AA', card],
          ['AD', pin],
          ['AB', barcode],
          titleId === '' ? undefined : ['AJ', titleId],
        ],
        'once',
      ),
    /** No third party, and no "no block": the system is free to refuse. */
    renew: ({ card, pin }: SipCard, barcode: string) =>
      message(
        '29',
        `NN${stamp()}${' '.repeat(18)}`,
        [institution, ['AA', card], ['AD', pin], ['AB', barcode], ['AJ', ''], terminal, ['BO', 'N']],
        'once',
      ),
    endSession: (card: SipCard) => message('35', stamp(), patron(card), 'any'),
  };
}
