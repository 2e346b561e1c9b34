import type { z } from 'zod';
import type { Catalogued, PatronAccount } from '../../contract/patron-account.js';
import { allBooks } from './fake-books.js';

type Account = z.input<typeof PatronAccount>;

/**
 * `usual`: some of everything. `empty`: nothing anywhere. `untold`: a system that tells no parts. `vague`: one that tells
 * them without saying anything. `away`: no system. `awkward`: titles and places that break careless pages.
 */
export type AccountScene = 'usual' | 'empty' | 'untold' | 'vague' | 'away' | 'blocked' | 'awkward';

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

/** The account as the desk answers it: what the catalogue holds, with how it has it. */
export function accountOf(scene: AccountScene, inSpanish: boolean): Account {
  const { loans, holds, ...rest } = toldIn(scene, inSpanish);
  const known = <T extends { record_id: string | null }>(one: T): T & { catalogued: Catalogued | null } => {
    const book = allBooks.find(({ record_id }) => record_id === one.record_id);
    if (!book) return { ...one, catalogued: null };
    const { title, author, subject, format, cover } = book;
    return { ...one, catalogued: { title, author, subject, format, cover } };
  };
  return { ...rest, loans: loans?.map(known) ?? null, holds: holds?.map(known) ?? null };
}

type Uncatalogued<K extends 'loans' | 'holds'> = Omit<NonNullable<Account[K]>[number], 'catalogued'>[] | null;
type Told = Omit<Account, 'loans' | 'holds'> & { loans: Uncatalogued<'loans'>; holds: Uncatalogued<'holds'> };

/** What the library's system tells of the patron in this scene. */
function toldIn(scene: AccountScene, inSpanish: boolean): Told {
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
  const usual: Told = {
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
  const scenes: Record<AccountScene, Told> = {
    usual,
    empty: { ...none, state: 'known' },
    untold: { ...none, state: 'known', loans: null, holds: null, fines: null },
    vague: { ...none, state: 'known', fines: { total: '', currency: null, lines: [] } },
    away: {
      ...none,
      state: 'unavailable',
      sentence: say('I can’t see your account just now. Nothing in it has changed.', 'Ahora mismo no veo tu cuenta. Nada ha cambiado en ella.'),
      asOf: null,
      loans: null,
      holds: null,
      fines: null,
    },
    awkward: {
      ...none,
      state: 'known',
      loans: [
        { ...loan, loan_id: 'l5', record_id: 'a4', title: 'Mawsim al-hijrah ilá al-shamāl (Season of Migration)', author: 'Ṣāliḥ, al-Ṭayyib', due_at: inDays(50), renewable: null, renewals_left: 0 },
        { ...loan, loan_id: 'l6', record_id: null, title: 'Donaudampfschifffahrtsgesellschaftskapitänswitwenundwaisenkassenverwaltung', due_at: inDays(1) },
        { ...loan, loan_id: 'l7', record_id: 'm4', title: 'The Thursday murder club, disc 2', author: 'Osman, Richard', due_at: inDays(2) },
      ],
      holds: [{ ...hold, hold_id: 'h6', record_id: null, title: 'Bells of the south', status: 'expired', sentence: 'Nobody fetched it in time.', queue_position: 1, pickup_by: dayIn(-2) }, { ...hold, hold_id: 'h5', record_id: 'm5', title: 'Death in a white tie', status: 'waiting', sentence: 'Waiting for a copy.', pickup_branch_name: 'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch Community Library' }],
      fines: { total: '1234.50', currency: 'USD', lines: [{ text: 'Replacementofadamagedcopythatwasreturnedwithoutitsbindingorcover', amount: null }] },
    },
    blocked: { ...usual, blocks: ['Card reported lost, see staff'] },
  }; // prettier-ignore
  return scenes[scene];
}
