/**
 * Lets the second click of a double one pass when it falls on something that was not there at the first: a page that
 * answers at once would otherwise be stopped, left or gone back from by readers who click twice by habit.
 */
export function passOverSecondClicks(): void {
  let first: Element | null = null;
  window.addEventListener(
    'click',
    (event) => {
      const pressed =
        event.target instanceof Element ? event.target.closest('label, a, button, summary') : null;
      if (event.detail < 2) first = pressed;
      if (pressed === null || pressed === first) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
