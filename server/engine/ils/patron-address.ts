import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * The network address of the patron for whom something is being asked, for a lender that the library has agreed to tell.
 * It lives as long as the asking, and is nowhere kept. Where several patrons' questions go out as one, it is the address
 * of whose came first.
 */
export interface PatronAddress {
  /** Does the work as asked for from this address. */
  during: <T>(address: string | undefined, work: () => T) => T;
  /** Undefined when nobody's asking led here. */
  current: () => string | undefined;
}

export function createPatronAddress(): PatronAddress {
  const addresses = new AsyncLocalStorage<string | undefined>();
  return {
    during: (address, work) => addresses.run(address, work),
    current: () => addresses.getStore(),
  };
}
