/**
 * Why a model cannot be fetched, taken in, chosen or loaded, as one sentence for staff that says what to do. Anything
 * else that is thrown here is a fault.
 */
export class ModelTrouble extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'ModelTrouble';
  }
}
