export const ilsFunctions = [
  'branches',
  'availability',
  'authenticate',
  'account',
  'renew',
  'place_hold',
  'cancel_hold',
  'harvest',
] as const;
export type IlsFunction = (typeof ilsFunctions)[number];

/**
 * Whether a function can be used. `because` is a sentence for staff; `grant` says what the system's administrator must
 * switch on or grant, in that system's own words (a system preference, a permission, a role).
 */
export type Capability = { works: true; note?: string } | { works: false; because: string; grant?: string };

export type Capabilities = Readonly<Record<IlsFunction, Capability>>;
