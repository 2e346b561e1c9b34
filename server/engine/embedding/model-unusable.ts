/** A model's folder that cannot be used; the message is one sentence for the person who put it there. */
export class ModelUnusable extends Error {
  constructor(sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.name = 'ModelUnusable';
  }
}
