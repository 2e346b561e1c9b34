import { isIPv6 } from 'node:net';
import { z } from 'zod';
import { RefusalCode } from '../../../contract/patron-account.js';
import { TimeZone } from '../time-zone.js';

const Branch = z.object({
  id: z.string().min(1).describe('The code that the library’s system knows the pickup place by.'),
  name: z.string().min(1).describe('Its name as patrons know it.'),
});

/** Where a SIP2 server is, how one signs in to it, and in what it differs from others. */
export const Sip2Settings = z.object({
  name: z.string().min(1).default('SIP2').describe('What staff call this system.'),
  host: z
    .string()
    .refine((host) => /^[^\s/:[\]@]+$/.test(host) || isIPv6(host), {
      error: 'is a name or an address alone: no “http://”, and the port is a setting of its own',
    })
    .describe('Host name or address of the SIP2 server.'),
  port: z.number().int().min(1).max(65_535).default(6001).describe('Port of the SIP2 server.'),
  tls: z
    .boolean()
    .default(false)
    .describe(
      'Whether the connection is encrypted; without it cards and PINs cross the network as clear text.',
    ),
  tls_ca_file: z
    .string()
    .optional()
    .describe('Path of a PEM file with the certificate that signed the server’s, where no public one did.'),
  tls_servername: z
    .string()
    .optional()
    .describe('Name in the server’s certificate, where it is not the host name.'),
  connect_timeout_ms: z
    .number()
    .int()
    .min(100)
    .max(30_000)
    .default(4_000)
    .describe('Milliseconds until a connection must stand.'),
  reply_timeout_ms: z
    .number()
    .int()
    .min(100)
    .max(60_000)
    .default(8_000)
    .describe('Milliseconds until one reply must have come.'),
  connections: z
    .number()
    .int()
    .min(1)
    .max(8)
    .default(2)
    .describe('Most connections at a time; many systems are licensed by connection.'),
  reconnect_per_message: z
    .boolean()
    .default(false)
    .describe(
      'Whether each message goes over a connection of its own, for servers that answer only the first.',
    ),
  keep_alive_seconds: z
    .number()
    .int()
    .min(0)
    .max(300)
    .default(50)
    .describe('Seconds after which an idle connection is kept open by an SC status message; 0 for never.'),
  idle_close_minutes: z
    .number()
    .int()
    .min(1)
    .max(1_440)
    .default(10)
    .describe('Minutes without a question after which a connection is given up.'),

  login: z
    .enum(['none', '93', 'telnet'])
    .default('93')
    .describe('How Carrel signs in: not at all, by message 93, or at prompts such as “login:”.'),
  login_user: z.string().default('').describe('User name of Carrel’s own SIP2 account (field CN).'),
  login_password: z
    .string()
    .default('')
    .describe('Password of Carrel’s own SIP2 account (field CO).')
    .meta({ secret: true }),
  location: z.string().optional().describe('Location code sent at login (field CP); left out when not set.'),
  telnet_user_prompt: z
    .string()
    .min(1)
    .default('login:')
    .describe('Words with which the server asks for the user name.'),
  telnet_password_prompt: z
    .string()
    .min(1)
    .default('password:')
    .describe('Words with which the server asks for the password.'),
  telnet_welcome: z
    .string()
    .default('Login OK')
    .describe('Words with which the server lets Carrel in; empty where it says nothing.'),
  sc_status: z
    .enum(['after_login', 'before_login', 'never'])
    .default('after_login')
    .describe('When SC status (message 99) is sent on a new connection.'),

  institution: z
    .string()
    .default('')
    .describe('Institution id (field AO), exactly as the server expects it.'),
  terminal_password: z
    .string()
    .default('')
    .describe('Terminal password (field AC), mostly empty.')
    .meta({ secret: true }),
  send_terminal_password: z
    .boolean()
    .default(true)
    .describe(
      'Whether field AC is sent even when empty; some servers refuse messages without it, few those with it.',
    ),
  language: z
    .string()
    .regex(/^\d{3}$/)
    .default('000')
    .describe('SIP2 language code of messages, such as 001 for English or 008 for Spanish.'),
  zone: TimeZone.optional().describe(
    'Time zone of the library’s system, such as Europe/Madrid; this machine’s if not set.',
  ),
  slash_dates: z
    .enum(['unread', 'month_first', 'day_first'])
    .default('unread')
    .describe('How dates such as 03/04/2026 are to be read; unread ones are shown as the system wrote them.'),
  terminator: z.enum(['CR', 'CRLF']).default('CR').describe('What ends a message that Carrel sends.'),
  checksum: z
    .enum(['on', 'tolerant', 'off'])
    .default('on')
    .describe(
      'On: sent, and a reply must carry a right one; tolerant: sent, but a reply is taken without one; off: not sent.',
    ),
  encoding: z
    .enum(['utf-8', 'latin1', 'cp850', 'ascii'])
    .default('utf-8')
    .describe('Encoding of text in messages.'),
  delimiter: z
    .string()
    .regex(/^[!-/:-@[-`{-~]$/)
    .default('|')
    .describe('Character that ends a field.'),
  html_messages: z
    .boolean()
    .default(false)
    .describe('Whether the server’s messages hold HTML, which is then taken out.'),

  sign_in_message: z
    .enum(['63', '23'])
    .default('63')
    .describe('Which message checks card and PIN: patron information (63) or patron status (23).'),
  missing_cq: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe('Whether a patron is let in by a server that never says whether a PIN is right (field CQ).'),
  card_in_answer: z
    .enum(['same', 'any'])
    .default('same')
    .describe(
      'Any, where patrons may sign in with another name and the server answers with the card number.',
    ),
  send_pin: z
    .enum(['always', 'sign_in'])
    .default('always')
    .describe('Whether the PIN goes with every message about a patron or only with the one that checks it.'),
  blocked_when: z
    .enum(['denied', 'denied_even_for_fines', 'never'])
    .default('denied')
    .describe(
      'Who is not signed in: patrons whose card is lost or who may not borrow, renew or place holds; fines and late loans count if named.',
    ),
  end_session: z
    .boolean()
    .default(true)
    .describe(
      'Whether the server is told that a visit has ended (message 35); some do not know the message.',
    ),
  pa_is_expiry: z.boolean().default(true).describe('Whether field PA is the day on which a card runs out.'),

  account_parts: z
    .array(z.enum(['holds', 'unavailable_holds', 'charged', 'fines']))
    .default(['holds', 'unavailable_holds', 'charged', 'fines'])
    .describe('Which lists of a patron’s account are asked for, each by one message 63.'),
  list_window: z
    .number()
    .int()
    .min(0)
    .max(500)
    .default(50)
    .describe('Entries of a list asked for at a time (fields BP and BQ); 0 leaves these fields out.'),
  loan_text: z
    .string()
    .default('{barcode}')
    .describe(
      'What a loan looks like in field AU, such as “{barcode}”, “{title}” or “{barcode} {title} {due}”.',
    ),
  hold_text: z
    .string()
    .default('{barcode}')
    .describe('What a hold looks like in fields AS and CD, such as “{barcode}”, “{title_id}” or “{title}”.'),
  look_up_items: z
    .boolean()
    .default(true)
    .describe('Whether title and due date of listed barcodes are asked for by message 17.'),
  hold_items_are: z
    .enum(['unsaid', 'ready', 'all'])
    .default('unsaid')
    .describe('What field AS lists: holds ready to fetch (Koha), all holds (Evergreen), or it is not known.'),

  branches: z
    .array(Branch)
    .default([])
    .describe(
      'Places where holds can be fetched, and the names of branches for copies, for SIP2 cannot list them.',
    ),
  hold_by: z
    .enum(['barcode', 'title_id'])
    .default('barcode')
    .describe(
      'Whether a title is held by the barcode of one of its copies (AB) or by the record’s number (AJ).',
    ),
  hold_days: z
    .number()
    .int()
    .min(0)
    .max(3_650)
    .default(0)
    .describe('Days after which a hold runs out (field BW); 0 leaves the field out.'),
  hold_type_field: z.boolean().default(true).describe('Whether the kind of hold (field BY) is sent.'),
  refusal_words: z
    .array(
      z.object({
        words: z.string().min(1).describe('Words in the server’s message, in any case.'),
        reason: RefusalCode.describe('What they mean.'),
      }),
    )
    .default([])
    .describe(
      'What the server’s messages mean when it refuses a hold or a renewal, for SIP2 has no codes for it.',
    ),

  reshelving_is: z
    .enum(['in_process', 'available'])
    .default('in_process')
    .describe('What circulation status 09, waiting to be reshelved, means to patrons.'),
  hold_shelf_is: z
    .enum(['on_hold_shelf', 'unknown'])
    .default('on_hold_shelf')
    .describe(
      'What status 08 means: on the hold shelf, or unknown where it is said of any copy with a hold.',
    ),
  items_per_record: z
    .number()
    .int()
    .min(1)
    .max(200)
    .default(25)
    .describe('Most copies of a record that are asked about; further ones are shown as unknown.'),
});
export type Sip2Settings = z.infer<typeof Sip2Settings>;
