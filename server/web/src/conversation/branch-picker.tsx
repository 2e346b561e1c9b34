import type { ReactNode } from 'react';
import type { Branch } from '../../../contract/availability.js';
import { usePhrases } from '../phrases/speech.js';

interface BranchPickerProps {
  branches: readonly Branch[];
  /** Where the patron stands, or undefined where nobody said. */
  at: string | undefined;
  onBranch: (id: string | undefined) => void;
}

/** Where the patron stands: copies there are told first. A library of one branch has nothing to ask. */
export function BranchPicker({ branches, at, onBranch }: BranchPickerProps): ReactNode {
  const phrases = usePhrases();
  if (branches.length < 2) return null;
  return (
    <label className="branch-picker">
      <span>{phrases.youAreAt}</span>
      <span className="branch-picker-choice">
        <select
          value={at ?? ''}
          autoComplete="off"
          onChange={(event) => onBranch(event.target.value || undefined)}
        >
          <option value="">{phrases.anyBranch}</option>
          {branches.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
        <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
          <path d="M3 4.5l3 3 3-3" />
        </svg>
      </span>
    </label>
  );
}
