import { useSyncExternalStore } from 'react';

export type Light = 'light' | 'dark';

const dark = window.matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
let chosen: Light | undefined;

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  dark.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    dark.removeEventListener('change', listener);
  };
};
const read = (): Light => chosen ?? (dark.matches ? 'dark' : 'light');

/** Lights the room again as the house has it, for whoever comes next. */
export function forgetLight(): void {
  chosen = undefined;
  delete document.documentElement.dataset['light'];
  listeners.forEach((listener) => listener());
}

/** The light in the room, and a switch. The choice lasts as long as the page: the next reader finds it as it was. */
export function useRoomLight(): [Light, () => void] {
  const light = useSyncExternalStore(subscribe, read);
  const toggle = (): void => {
    chosen = light === 'dark' ? 'light' : 'dark';
    document.documentElement.dataset['light'] = chosen;
    listeners.forEach((listener) => listener());
  };
  return [light, toggle];
}
