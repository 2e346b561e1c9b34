import { forgetSteps } from '../address.js';
import { endSession } from '../api/account-api.js';
import { forgetLight } from '../masthead/room-light.js';

/** All that is ever noted: that an end has still to be told. It says nothing of anybody. */
const UNTOLD = 'carrel-end-untold';

/** Ends the visit at the server. False when nobody knows whether it heard. */
export async function endAtServer(): Promise<boolean> {
  return endSession().then(
    () => true,
    () => false,
  );
}

/**
 * Clears every place in which a browser keeps things for this page. Carrel itself keeps nothing in any of them; a
 * kiosk's browser, its helpers and later versions might.
 */
export async function clearBrowser(): Promise<void> {
  // What was put away under it has been taken down by now.
  delete document.documentElement.dataset['veiled'];
  forgetLight();
  window.name = '';
  window.getSelection()?.removeAllRanges();
  await Promise.allSettled([
    forgetSteps(),
    emptied(() => window.localStorage.clear()),
    emptied(() => window.sessionStorage.clear()),
    emptied(async () => {
      const known = await indexedDB.databases();
      for (const { name } of known) if (name !== undefined) indexedDB.deleteDatabase(name);
    }),
    emptied(async () => {
      // Only where the page came over a safe connection is there such a thing.
      if (!('caches' in window)) return;
      for (const name of await caches.keys()) await caches.delete(name);
    }),
    // The addresses of what was fetched, among them titles and loans.
    emptied(() => performance.clearResourceTimings()),
  ]);
}

/** Notes that the server has not heard of an end, so that a page loaded anew goes on telling it; or that it has. */
export async function noteUntold(isUntold: boolean): Promise<void> {
  await Promise.allSettled([
    emptied(() =>
      isUntold ? window.localStorage.setItem(UNTOLD, 'yes') : window.localStorage.removeItem(UNTOLD),
    ),
  ]);
}

/** Whether an end has still to be told to the server. */
export function isUntold(): boolean {
  try {
    return window.localStorage.getItem(UNTOLD) !== null;
  } catch {
    return false;
  }
}

/** A place that the browser refuses to open holds nothing of ours. */
async function emptied(work: () => void | Promise<void>): Promise<void> {
  await work();
}
