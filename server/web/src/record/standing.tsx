import { useState, type ReactNode } from 'react';
import type { Availability, BranchAvailability, ItemView } from '../../../contract/availability.js';
import type { RecordView } from '../../../contract/record.js';
import { useNow } from '../api/use-now.js';
import { AvailabilityLine } from '../card/availability-line.js';
import { DemoLabel } from '../card/demo-label.js';
import { EcopyLines } from '../card/ecopy-lines.js';
import { SpineLabel } from '../card/spine-label.js';
import { dayName } from '../card/whereabouts.js';
import { usePhrases } from '../phrases/speech.js';

const AT_ONCE = 8;

interface StandingProps {
  record: RecordView;
  availability: Availability;
  again: () => void;
}

/** Where the title stands: its label large, then every branch and copy, then what can be read online. */
export function Standing({ record, availability, again }: StandingProps): ReactNode {
  const phrases = usePhrases();
  const { branches } = availability;
  return (
    <section className="standing-place" aria-labelledby="standing">
      <h2 id="standing" className="section-heading">
        {phrases.availabilityTitle}
      </h2>
      <div className="standing-now">
        {(record.call_number !== undefined || record.links.length === 0) && (
          <SpineLabel callNumber={record.call_number} />
        )}
        <div>
          <AvailabilityLine availability={availability} />
          <EcopyLines availability={availability} />
          <DemoLabel of={[availability]} />
          <OnlineLinks links={record.links} />
          {availability.state !== 'online' && (
            <button type="button" className="action" onClick={again}>
              {phrases.checkAgain}
            </button>
          )}
        </div>
      </div>
      {branches.length > 0 && <BranchTable branches={branches} callNumber={record.call_number} />}
    </section>
  );
}

interface BranchTableProps {
  branches: readonly BranchAvailability[];
  callNumber: string | undefined;
}

/** Branches where it is in come first; a long list shows its head until the rest is asked for. */
function BranchTable({ branches, callNumber }: BranchTableProps): ReactNode {
  const phrases = usePhrases();
  const [whole, setWhole] = useState(branches.length <= AT_ONCE + 2);
  const sorted = branches.toSorted((a, b) => Number(b.available > 0) - Number(a.available > 0));
  // The label above says it already unless a copy has a number of its own.
  const ownNumbers = branches.some((b) =>
    b.items.some((i) => i.call_number !== undefined && i.call_number !== callNumber),
  );
  return (
    <>
      <table className="branch-table">
        <thead>
          <tr>
            <th scope="col">{phrases.branch}</th>
            <th scope="col">{phrases.place}</th>
            {ownNumbers && <th scope="col">{phrases.callNumber}</th>}
            <th scope="col">{phrases.status}</th>
          </tr>
        </thead>
        {(whole ? sorted : sorted.slice(0, AT_ONCE)).map((branch) => (
          <BranchRows key={branch.branch_id} {...{ branch, callNumber, ownNumbers }} />
        ))}
      </table>
      {!whole && (
        <button type="button" className="action" onClick={() => setWhole(true)}>
          {phrases.everyBranch(branches.length)}
        </button>
      )}
    </>
  );
}

interface BranchRowsProps {
  branch: BranchAvailability;
  callNumber: string | undefined;
  ownNumbers: boolean;
}

function BranchRows({ branch, callNumber, ownNumbers }: BranchRowsProps): ReactNode {
  const phrases = usePhrases();
  const now = useNow(60_000);
  const items = itemsOf(branch);
  const said = (item: ItemView): string =>
    phrases.itemStatus[item.status] +
    (item.due_at === undefined ? '' : `, ${phrases.due(dayName(item.due_at, now, phrases.locale))}`);
  return (
    <tbody>
      {items.map((item, i) => (
        <tr key={item.item_id} className={item.status === 'available' ? 'copy-in' : undefined}>
          {i === 0 && (
            <th scope="rowgroup" rowSpan={items.length}>
              {branch.branch_name}
            </th>
          )}
          <td>{item.location ?? ''}</td>
          {ownNumbers && <td className="copy-call-number">{item.call_number ?? callNumber ?? ''}</td>}
          <td>{said(item)}</td>
        </tr>
      ))}
    </tbody>
  );
}

/** A branch that names no copies still gets its one line. */
function itemsOf(branch: BranchAvailability): ItemView[] {
  if (branch.items.length > 0) return branch.items;
  return [{ item_id: branch.branch_id, status: branch.available > 0 ? 'available' : 'unknown' }];
}

function OnlineLinks({ links }: { links: RecordView['links'] }): ReactNode {
  const phrases = usePhrases();
  const safe = links.filter(({ url }) => /^https?:\/\//i.test(url));
  if (safe.length === 0) return null;
  return (
    <ul className="online-links">
      {safe.map(({ url, label }) => (
        <li key={url}>
          <a href={url} target="_blank" rel="noopener noreferrer">
            {label ?? phrases.readOnlineAt(URL.canParse(url) ? new URL(url).hostname : url)}
          </a>
        </li>
      ))}
    </ul>
  );
}
