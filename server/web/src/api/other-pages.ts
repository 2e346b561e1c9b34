const CHANNEL = 'carrel-visit';

/**
 * What one page of this library tells the others in the same browser, which share its visit: the server has heard of
 * it, somebody has signed in, the visit is to end, the server knows that it has ended. Nothing about anybody.
 */
export type News = 'heard' | 'signed_in' | 'ending' | 'ended';

const channel = new BroadcastChannel(CHANNEL);

/** Tells this library's other pages in the same browser. */
export function tellOtherPages(news: News): void {
  channel.postMessage(news);
}

/** Calls `listener` when another page of this browser tells this; the answer stops that. */
export function whenTold(news: News, listener: () => void): () => void {
  const hear = (event: MessageEvent): void => {
    if (event.data === news) listener();
  };
  channel.addEventListener('message', hear);
  return () => channel.removeEventListener('message', hear);
}
