import { useEffect, type RefObject } from 'react';

const SCROLLING_KEYS = ['PageDown', 'PageUp', 'ArrowDown', 'ArrowUp', 'Home', 'End', ' '];

/**
 * Calls `onTouch` as soon as somebody has hand or eye on the list: points at it, presses or focuses something in it, or
 * scrolls the page it stands on. A pointer that lay there when the books arrived has not touched them. While `onTouch`
 * is undefined nothing is listened for.
 */
export function useTouch(list: RefObject<HTMLElement | null>, onTouch: (() => void) | undefined): void {
  useEffect(() => {
    const books = list.current;
    if (!onTouch || !books) return;
    const left = new AbortController();
    const options = { signal: left.signal, passive: true };
    books.addEventListener('pointerdown', onTouch, options);
    books.addEventListener('focusin', onTouch, options);
    // A browser also says that the pointer moved when the page moved under it; then it is where it was.
    let last: { clientX: number; clientY: number } | undefined;
    window.addEventListener(
      'pointermove',
      ({ target, clientX, clientY }) => {
        const hasMoved = last !== undefined && (last.clientX !== clientX || last.clientY !== clientY);
        last = { clientX, clientY };
        if (hasMoved && target instanceof Node && books.contains(target)) onTouch();
      },
      options,
    );
    window.addEventListener('wheel', onTouch, options);
    window.addEventListener('touchmove', onTouch, options);
    window.addEventListener(
      'pointerdown',
      // The bar at the side of the page belongs to its root.
      (event) => {
        if (event.target === document.documentElement) onTouch();
      },
      options,
    );
    window.addEventListener(
      'keydown',
      (event) => {
        const writes = event.target instanceof HTMLElement && event.target.matches('textarea, input, select');
        if (!writes && SCROLLING_KEYS.includes(event.key)) onTouch();
      },
      options,
    );
    return () => left.abort();
  }, [list, onTouch]);
}
