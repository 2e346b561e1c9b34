import { DeadlineError, within } from '../../cache/clock.js';
import { IlsFault, type IlsFaultKind } from '../ils-fault.js';
import { lineTrouble } from '../line-trouble.js';
import { converseOver, type Conversation, type ConversationDeps } from './conversation.js';
import type { Reply } from './reply.js';
import type { SipRequests } from './request.js';
import type { Sip2Settings } from './settings.js';
import { tlsTrouble } from './tls-trouble.js';
import { openWire, WireLostError, type Wire } from './wire.js';

/** A connection that has been signed in to. */
export interface SipLink extends Conversation {
  /** What the server said to the SC status at the start; undefined where none was sent. */
  readonly hello: Reply | undefined;
}

export interface LinkDeps extends ConversationDeps {
  requests: SipRequests;
}

const ACCOUNT =
  'A SIP2 account for Carrel: its user name (CN), password (CO) and location (CP) as in the settings, allowed from this machine’s address.';

/** What staff look at when the connection stood and signing in over it led to nothing. */
const advice: Readonly<Partial<Record<IlsFaultKind, string>>> = {
  unreachable:
    'The server hung up before Carrel had signed in: look at “port”, at “tls”, and at how many connections its licence allows (“connections”).',
  silent:
    'The server took the connection and said nothing: look at “port”, “tls”, “login”, “sc_status” and “terminator”.',
};

/** Connects and signs in as the settings say. Rejects with IlsFault, nothing having happened, or the signal's reason. */
export async function openLink(deps: LinkDeps, signal: AbortSignal): Promise<SipLink> {
  const { settings, clock } = deps;
  let wire: Wire;
  try {
    wire = await within(clock, settings.connect_timeout_ms, signal, (inner) => openWire(settings, inner));
  } catch (cause) {
    signal.throwIfAborted();
    throw notYet('unreachable', settings, cause, tlsTrouble(cause, settings) ?? lineTrouble(cause));
  }
  const conversation = converseOver(wire, deps);
  try {
    const hello = await signIn(conversation, wire, deps, signal);
    return {
      get isOpen() {
        return conversation.isOpen;
      },
      get heardAt() {
        return conversation.heardAt;
      },
      ask: (request, inner) => conversation.ask(request, inner),
      close: () => conversation.close(),
      hello,
    };
  } catch (error) {
    wire.close();
    if (error instanceof IlsFault)
      throw notYet(error.kind, settings, error, error.grant ?? advice[error.kind]);
    throw error;
  }
}

async function signIn(
  conversation: Conversation,
  wire: Wire,
  deps: LinkDeps,
  signal: AbortSignal,
): Promise<Reply | undefined> {
  const { settings, requests } = deps;
  // No message can precede a dialogue at prompts.
  const isBefore = settings.sc_status === 'before_login' && settings.login !== 'telnet';
  const early = isBefore ? await conversation.ask(requests.status(), signal) : undefined;
  if (settings.login === '93') {
    const reply = await conversation.ask(requests.login(), signal);
    if (reply.fixed !== '1') throw notYet('refused', settings, undefined, ACCOUNT);
  }
  if (settings.login === 'telnet') await answerPrompts(wire, deps, signal);
  if (settings.sc_status === 'never') return undefined;
  return early ?? conversation.ask(requests.status(), signal);
}

/** Signs in at prompts, as one would at a terminal. */
async function answerPrompts(wire: Wire, deps: LinkDeps, signal: AbortSignal): Promise<void> {
  const { settings, clock, code } = deps;
  const type = (text: string): void => {
    const bytes = code.encode(text);
    if (!bytes) throw notYet('not_offered', settings);
    wire.send(Buffer.concat([bytes, Buffer.from(settings.terminator === 'CR' ? '\r' : '\r\n')]));
  };
  const dialogue = async (inner: AbortSignal): Promise<void> => {
    await wire.until([settings.telnet_user_prompt], inner);
    type(settings.login_user);
    await wire.until([settings.telnet_password_prompt], inner);
    type(settings.login_password);
    if (settings.telnet_welcome === '') return;
    const said = await wire.until([settings.telnet_welcome, settings.telnet_user_prompt], inner);
    if (said !== settings.telnet_welcome) throw notYet('refused', settings, undefined, ACCOUNT);
  };
  try {
    await within(clock, settings.reply_timeout_ms, signal, dialogue);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeadlineError) throw notYet('silent', settings);
    if (error instanceof WireLostError) throw notYet('unreachable', settings, error.cause);
    throw error;
  }
}

/** What went wrong before the request itself was sent. */
function notYet(kind: IlsFaultKind, settings: Sip2Settings, cause?: unknown, grant?: string): IlsFault {
  return new IlsFault(kind, settings.name, {
    mayHaveHappened: false,
    cause,
    ...(grant !== undefined && { grant }),
  });
}
