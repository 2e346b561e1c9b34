import type { z } from 'zod';
import type { PatronAccount } from '../../contract/patron-account.js';

type Account = z.input<typeof PatronAccount>;

/** `usual`: some of everything. `empty`: nothing anywhere. `untold`: a system that tells no parts. `away`: no system. */
export type AccountScene = 'usual' | 'empty' | 'untold' | 'away' | 'blocked';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const dayIn = (days: number): string => inDays(days).slice(0, 10);

const loan = {
  author: null,
  call_number: null,
  due_at: null,
  due_text: null,
  overdue: false,
  renewable: true,
  renewals: 0,
  renewals_left: 2,
};
const hold = {
  author: null,
  queue_position: null,
  queue_total: null,
  pickup_branch_id: 'b2',
  pickup_branch_name: 'Mill Lane',
  pickup_by: null,
  placed_at: null,
  cancellable: true,
};

/** What the library's system tells of the patron in this scene. */
export function accountOf(scene: AccountScene, inSpanish: boolean): Account {
  const say = (en: string, es: string): string => (inSpanish ? es : en);
  const none = {
    sentence: null,
    asOf: new Date().toISOString(),
    loans: [],
    holds: [],
    fines: { total: '0.00', currency: 'EUR', lines: [] },
    blocks: [],
    card_expires: null,
  };
  const usual: Account = {
    ...none,
    state: 'known',
    loans: [
      { ...loan, loan_id: 'l2', record_id: 'm2', title: 'A murder is announced', author: 'Christie, Agatha', due_at: inDays(-3), overdue: true, renewals_left: 1 },
      { ...loan, loan_id: 'l1', record_id: 'm1', title: 'The nine tailors', author: 'Sayers, Dorothy L.', due_at: inDays(6) },
      { ...loan, loan_id: 'l4', record_id: 'm4', title: 'The Thursday murder club', author: 'Osman, Richard', due_text: '2026/12/24 ws. closing', overdue: null, renewable: null, renewals_left: null },
      { ...loan, loan_id: 'l3', record_id: null, title: 'Interlibrary loan: a history of bell founding in three counties, with plates and a table of all known founders', due_at: inDays(18), renewable: false, renewals_left: 0 },
    ],
    holds: [
      { ...hold, hold_id: 'h1', record_id: 'm3', title: 'The moving toyshop', author: 'Crispin, Edmund', status: 'waiting', sentence: say('Waiting for a copy.', 'A la espera de un ejemplar.'), queue_position: 3, queue_total: 7 },
      { ...hold, hold_id: 'h2', record_id: 'm5', title: 'Death in a white tie', author: 'Marsh, Ngaio', status: 'ready', sentence: say('Ready for you to fetch.', 'Puedes recogerlo.'), pickup_by: dayIn(5) },
      { ...hold, hold_id: 'h3', record_id: null, title: 'Bells of the north', status: 'unknown', sentence: say('The library’s system doesn’t say how far it is.', 'El sistema de la biblioteca no dice cómo va.'), cancellable: false },
    ],
    fines: { total: '2.40', currency: 'EUR', lines: [{ text: 'Overdue: The blue train', amount: '1.40' }, { text: 'Replacement label', amount: '1.00' }] },
    card_expires: dayIn(200),
  }; // prettier-ignore
  const scenes: Record<AccountScene, Account> = {
    usual,
    empty: { ...none, state: 'known' },
    untold: { ...none, state: 'known', loans: null, holds: null, fines: null },
    away: {
      ...none,
      state: 'unavailable',
      sentence: say('I can’t see your account just now. Nothing in it has changed.', 'Ahora mismo no veo tu cuenta. Nada ha cambiado en ella.'),
      asOf: null,
      loans: null,
      holds: null,
      fines: null,
    },
    blocked: { ...usual, blocks: ['Card reported lost, see staff'] },
  }; // prettier-ignore
  return scenes[scene];
}
