/** A binding's cloth, the foil its title is stamped in, and a paler tone of the cloth for its pattern. */
export interface Cloth {
  name: string;
  cloth: string;
  /** Title and rules; at least 4.5 : 1 on the cloth. */
  foil: string;
  /** Ornament; quieter than the foil. */
  ornament: string;
}

const GOLD = '#e8c987';
const CREAM = '#f4ead4';

/** The binder's swatch book. */
export const cloths: readonly [Cloth, ...Cloth[]] = [
  { name: 'lamp green', cloth: '#24503d', foil: GOLD, ornament: '#6f9a74' },
  { name: 'oxblood', cloth: '#6b2326', foil: GOLD, ornament: '#b9746a' },
  { name: 'navy', cloth: '#233a5c', foil: CREAM, ornament: '#7f9bbd' },
  { name: 'tobacco', cloth: '#6a4423', foil: CREAM, ornament: '#c39a6a' },
  { name: 'slate', cloth: '#3c4850', foil: CREAM, ornament: '#8fa0a8' },
  { name: 'plum', cloth: '#4e2b47', foil: GOLD, ornament: '#a97f9c' },
  { name: 'petrol', cloth: '#1d4d56', foil: CREAM, ornament: '#6fa3a6' },
  { name: 'ochre', cloth: '#c8963e', foil: '#3a2410', ornament: '#8a5f1d' },
  { name: 'brick', cloth: '#8f3f27', foil: CREAM, ornament: '#d99a79' },
  { name: 'linen', cloth: '#d9ccb0', foil: '#4a2a1c', ornament: '#a08a62' },
  { name: 'sage', cloth: '#a9b795', foil: '#22331f', ornament: '#6c8059' },
  { name: 'sky', cloth: '#9db7c4', foil: '#1c2f44', ornament: '#5f8298' },
  { name: 'rose', cloth: '#cf9f90', foil: '#4a1a1c', ornament: '#9c6258' },
  { name: 'ink', cloth: '#23211f', foil: GOLD, ornament: '#7d7468' },
];
