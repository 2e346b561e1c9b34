import { useSyncExternalStore, type MouseEvent, type ReactNode } from 'react';
import { homeOf, onward, routeAt, type Route } from './route.js';

/** How long a browser may take to go back to where a visit began. */
const TRAVERSAL_MS = 2000;

const listeners = new Set<() => void>();
const say = (): void => listeners.forEach((listener) => listener());
const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('popstate', listener);
  };
};
const read = (): string => window.location.pathname + window.location.search;

/** What a step within this page leaves in the history: the address it was taken from, and how many went before. */
interface Step {
  from: string;
  depth: number;
}

/** Goes to another address of this page without loading it anew; `replace` leaves no step to go back to. */
export function goTo(to: string, options: { replace?: boolean } = {}): void {
  const address = onward(to, read());
  if (address === read()) return;
  const step: Step = { from: read(), depth: depth() + 1 };
  if (options.replace) window.history.replaceState(window.history.state, '', address);
  else window.history.pushState(step, '', address);
  say();
}

/** The address of this page from which the present one was reached; undefined when it was opened directly. */
export function cameFrom(): string | undefined {
  const state: unknown = window.history.state;
  if (typeof state !== 'object' || state === null || !('from' in state)) return undefined;
  return typeof state.from === 'string' ? state.from : undefined;
}

/**
 * Lets the history of this page hold nothing but its first page: back to where the visit began, which becomes that page,
 * and one step from there, which lets go of all that lay ahead.
 */
export async function forgetSteps(): Promise<void> {
  const steps = Math.min(depth(), window.history.length - 1);
  if (steps > 0) await traversed(-steps);
  const home = homeOf(read());
  const lay = window.history.length > 1;
  window.history.replaceState(null, '', home);
  const step: Step = { from: home, depth: 1 };
  if (lay) window.history.pushState(step, '', home);
  say();
}

/** Goes through the history and waits until it is there; a browser that has let go of those steps stays where it is. */
function traversed(steps: number): Promise<unknown> {
  return new Promise((resolve) => {
    window.addEventListener('popstate', resolve, { once: true });
    setTimeout(resolve, TRAVERSAL_MS);
    window.history.go(steps);
  });
}

function depth(): number {
  const state: unknown = window.history.state;
  if (typeof state !== 'object' || state === null || !('depth' in state)) return 0;
  return typeof state.depth === 'number' ? state.depth : 0;
}

/** Goes one step back when this page was left on the way here, and to `address` when it was opened directly. */
export function goBack(address: string): void {
  if (cameFrom() === undefined) goTo(address);
  else window.history.back();
}

/** The address as text, and the page it means; changes with every step forward or back. */
export function useAddress(): { address: string; route: Route } {
  const address = useSyncExternalStore(subscribe, read);
  return { address, route: routeAt(address) };
}

interface LinkProps {
  to: string;
  className?: string;
  label?: string;
  children: ReactNode;
}

/** A link within the page: a plain click stays, any other opens as every link does. */
export function Link({ to, className, label, children }: LinkProps): ReactNode {
  const follow = (event: MouseEvent): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    goTo(to);
  };
  return (
    <a href={onward(to, read())} className={className} aria-label={label} onClick={follow}>
      {children}
    </a>
  );
}
