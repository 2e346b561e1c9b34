import type { z } from 'zod';
import type { LenderAccount } from '../../contract/lenders.js';

/** What the one lender of the fake library says; `none` where there is no lender. */
export type LenderScene = 'none' | 'usual' | 'empty' | 'away' | 'signed_out' | 'refused';

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();
const lent = {
  record_id: null,
  catalogued: null,
  author: null,
  format: 'ebook',
  url: 'https://lender.example/1',
} as const;
const hold = { ...lent, queue_position: null, queue_total: null, ready_until: null, cancellable: true };

/** The lenders of the fake library in this scene. */
export function lendersOf(scene: LenderScene, inSpanish: boolean): z.input<typeof LenderAccount>[] {
  const say = (en: string, es: string): string => (inSpanish ? es : en);
  const base = { lender: 'OverDrive', sentence: null, asOf: new Date().toISOString() };
  const silent = { ...base, asOf: null, loans: null, holds: null };
  const scenes: Record<LenderScene, z.input<typeof LenderAccount>[]> = {
    none: [],
    usual: [
      {
        ...base,
        state: 'known',
        loans: [
          { ...lent, loan_id: 'e1', record_id: 'm1', catalogued: { title: { text: 'The nine tailors' }, author: { text: 'Sayers, Dorothy L.' }, subject: 'Bells', format: 'ebook', cover: null }, title: 'The nine tailors', author: 'Sayers, Dorothy L.', due_at: inDays(9) },
          { ...lent, loan_id: 'e2', title: null, format: 'eaudiobook', due_at: inDays(2) },
        ],
        holds: [
          { ...hold, hold_id: 'lender0:h1', title: 'A guide to bell ringing for those who have never touched a rope, with many figures', author: 'Okafor, B.', status: 'waiting', sentence: say('Waiting for a copy.', 'Esperando un ejemplar.'), queue_position: 12, queue_total: 31 },
          { ...hold, hold_id: 'lender0:h2', title: 'Storm Glass', author: 'Marsh, Edith', format: 'eaudiobook', status: 'ready', sentence: say('Ready for you to borrow at OverDrive.', 'Ya puedes tomarlo prestado en OverDrive.'), ready_until: inDays(3) },
        ],
      },
    ],
    empty: [{ ...base, state: 'known', loans: [], holds: [] }],
    away: [{ ...silent, state: 'unavailable', sentence: say('I can’t reach OverDrive just now. Nothing of yours has changed there.', 'Ahora no puedo hablar con OverDrive. Nada tuyo ha cambiado allí.') }],
    signed_out: [{ ...silent, state: 'signed_out', sentence: say('OverDrive has signed you out. To see what you have there, finish your visit and sign in again.', 'OverDrive ha cerrado tu sesión. Para ver lo que tienes allí, termina tu visita y entra otra vez.') }],
    refused: [{ ...silent, state: 'refused', sentence: say('OverDrive doesn’t take this card. If you borrow there with it, staff can help.', 'OverDrive no acepta este carné. Si sueles tomar prestado allí con él, el personal puede ayudarte.') }],
  }; // prettier-ignore
  return scenes[scene];
}
