import { forgetSteps } from '../address.js';
import { endSession } from '../api/account-api.js';
import { forgetLight } from '../masthead/room-light.js';

const CHANNEL = 'carrel-visit';

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
  ]);
}

/** Tells this library's other pages in the same browser that the visit has ended. */
export function tellOtherPages(): void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage('ended');
  channel.close();
}

/** Calls `listener` when another page of this browser has ended the visit; the answer stops that. */
export function whenEndedElsewhere(listener: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = listener;
  return () => channel.close();
}

/** A place that the browser refuses to open holds nothing of ours. */
async function emptied(work: () => void | Promise<void>): Promise<void> {
  await work();
}
