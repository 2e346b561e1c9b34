import { z } from 'zod';
import type { IlsFines } from '../account.js';
import type { KohaApi } from './api.js';
import { operations } from './operations.js';
import { readRow, Text } from './rows.js';

const Balance = z.object({
  balance: z.number(),
  outstanding_debits: z
    .object({
      lines: z
        .array(z.object({ description: Text, debit_type: Text, amount_outstanding: z.number().nullish() }))
        .nullish(),
    })
    .nullish(),
});

/** What the patron owes, as Koha has added it up. It names no currency. */
export async function readFines(api: KohaApi, patronId: string, signal: AbortSignal): Promise<IlsFines> {
  const answer = await api.ask(operations.patronAccount, { ids: [patronId], signal });
  const { balance, outstanding_debits: debits } = readRow(answer, Balance);
  return {
    total: balance.toFixed(2),
    lines: (debits?.lines ?? []).map((line) => ({
      text: line.description ?? line.debit_type ?? '',
      ...(line.amount_outstanding != null && { amount: line.amount_outstanding.toFixed(2) }),
    })),
  };
}
