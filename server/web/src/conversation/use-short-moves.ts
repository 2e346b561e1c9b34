import { useLayoutEffect, useRef, type RefObject } from 'react';

const MOVE = { duration: 180, easing: 'ease-out' } as const;

interface Place {
  left: number;
  top: number;
}

/**
 * When the items of a list (marked `data-record`) have changed places, each is seen to go to its new one; one that is
 * new, or comes from further than a screen away, fades in. Nothing moves for a reader who asked for no motion.
 */
export function useShortMoves(list: RefObject<HTMLElement | null>): void {
  const places = useRef(new Map<string, Place>());
  useLayoutEffect(() => {
    const items = [...(list.current?.querySelectorAll<HTMLElement>(':scope > [data-record]') ?? [])];
    const before = places.current;
    const now = new Map(
      items.map((item) => [item.dataset.record ?? '', { left: item.offsetLeft, top: item.offsetTop }]),
    );
    places.current = now;
    const isSame = before.size === 0 || [...before.keys()].join('\n') === [...now.keys()].join('\n');
    if (isSame || window.matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const item of items)
      move(item, before.get(item.dataset.record ?? ''), now.get(item.dataset.record ?? ''));
  });
}

/** The board under a book stays; what stands on it and hangs below it moves. */
function move(item: HTMLElement, from: Place | undefined, to: Place | undefined): void {
  if (!to || (from?.left === to.left && from.top === to.top)) return;
  const isFar = !from || Math.abs(from.top - to.top) > window.innerHeight;
  const start = isFar
    ? { opacity: 0 }
    : { transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)` };
  const end = isFar ? { opacity: 1 } : { transform: 'none' };
  for (const part of item.querySelectorAll('.book-stand > *, .book-words, .book-place, .book-actions')) {
    part.animate([start, end], MOVE);
  }
}
