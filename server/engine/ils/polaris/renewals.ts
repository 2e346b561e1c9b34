import { IlsFault } from '../ils-fault.js';
import type { IlsPatron, Refusal, RenewAnswer } from '../patron.js';
import type { PolarisAccount } from './account.js';
import { readUtc } from './dates.js';
import { meaningOf, renewalBlocks } from './error-codes.js';
import { beforeWriting, faultOf, type Papi } from './papi.js';
import type { Patrons } from './patrons.js';
import type { PapiReply } from './reply.js';
import type { PolarisSettings } from './settings.js';
import { flag, id, isRealId, isRow, number, rows, text, type Row } from './wire.js';

const PATRON_BLOCK = 1;

export interface Renewals {
  /** Only what this patron has out; id 0, which means all of it, is refused. */
  renew(patron: IlsPatron, loanId: string, signal: AbortSignal): Promise<RenewAnswer>;
}

export function createRenewals(deps: {
  papi: Papi;
  patrons: Patrons;
  account: PolarisAccount;
  settings: PolarisSettings;
}): Renewals {
  const { papi, patrons, account, settings } = deps;
  return {
    async renew(patron, loanId, signal) {
      if (!isRealId(loanId)) return { outcome: 'refused', reason: 'not_found', said: '' };
      const itemId = String(Number(loanId));
      const own = await beforeWriting(account.loans(patron, signal), papi.system);
      if (!own.some((loan) => loan.loanId === itemId))
        return { outcome: 'refused', reason: 'not_yours', said: '' };
      const access = patrons.access(patron);
      const answer = await papi.ask({
        method: 'PUT',
        path: `${access.path}/itemsout/${itemId}`,
        as: access.as,
        body: {
          Action: 'renew',
          LogonBranchID: settings.org_id,
          LogonUserID: settings.user_id,
          LogonWorkstationID: settings.workstation_id,
          // What Polaris warns of may cost money: then staff renew, or nobody.
          RenewData: { IgnoreOverrideErrors: false },
        },
        line: 'patrons',
        signal,
      });
      return readRenewal(answer, itemId, { system: papi.system, zone: settings.time_zone });
    },
  };
}

/**
 * What became of a renewal. A row with the item's new due date means renewed, whatever warnings stand beside it;
 * otherwise the first block that cannot be overridden says why not.
 */
export function readRenewal(
  { code, reply }: PapiReply,
  itemId: string,
  told: { system: string; zone: string | undefined },
): RenewAnswer {
  const result = isRow(reply['ItemRenewResult']) ? reply['ItemRenewResult'] : reply;
  const renewed = rows(result, 'DueDateRows')?.find((row) => (id(row, 'ItemRecordID') ?? itemId) === itemId);
  if (renewed) {
    const dueAt = readUtc(renewed['DueDate'], told.zone);
    const dueText = text(renewed, 'DueDate');
    if (dueAt !== undefined) return { outcome: 'renewed', dueAt };
    return { outcome: 'renewed', ...(dueText !== undefined && { dueText }) };
  }
  const blocks = rows(result, 'BlockRows') ?? [];
  const block = blocks.find((row) => flag(row, 'ErrorAllowOverride') !== true) ?? blocks[0];
  if (block) return { outcome: 'refused', reason: reasonOf(block), said: text(block, 'ErrorDesc') ?? '' };
  if (code >= 0) throw new IlsFault('foreign', told.system);
  const meaning = meaningOf(code);
  if (code < -1 && (meaning.is === 'setup' || meaning.is === 'failed')) throw faultOf(code, told.system);
  const said = text(reply, 'ErrorMessage') ?? meaning.words;
  return { outcome: 'refused', reason: meaning.is === 'refused' ? meaning.reason : 'other', said };
}

function reasonOf(block: Row): Refusal {
  if (number(block, 'PAPIErrorType') === PATRON_BLOCK) return 'blocked';
  return renewalBlocks.get(number(block, 'PolarisErrorCode') ?? 0) ?? 'not_renewable';
}
