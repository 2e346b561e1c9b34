import type { ReactNode } from 'react';
import type { BranchAvailability } from '../../../contract/availability.js';
import { usePhrases } from '../phrases/speech.js';

const SCROLLS_FROM = 9;

/** Every branch that has the title and how many copies are in there, folded until it is asked for. */
export function BranchList({ branches }: { branches: readonly BranchAvailability[] }): ReactNode {
  const phrases = usePhrases();
  return (
    <details className="branches">
      <summary>{phrases.everyBranch(branches.length)}</summary>
      {/* A long list scrolls in itself, so the keyboard must be able to reach it. */}
      <ul
        tabIndex={branches.length > SCROLLS_FROM ? 0 : undefined}
        aria-label={phrases.everyBranch(branches.length)}
      >
        {branches.map((branch) => (
          <li key={branch.branch_id} className={branch.available > 0 ? 'branch-in' : undefined}>
            <span>{branch.branch_name}</span> <span>{phrases.inOf(branch.available, branch.total)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
