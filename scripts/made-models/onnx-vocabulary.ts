import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
/** How many pieces at the head of every vocabulary are marks that no text contains. */
export const marksFirst = special.length;
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('');
const marks = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'.split('');
const syllables = 'ba be bi bo bu da de di do du ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu'.split(' '); // prettier-ignore

/** Word pieces: marks, letters, the words given, and made-up words until there are `size` of them. */
export function madeVocabulary(words: readonly string[], size = 0): string[] {
  const pieces = new Set([...special, ...marks, ...letters, ...letters.map((one) => `##${one}`)]);
  for (const word of words) pieces.add(word.toLowerCase());
  for (let number = 0; pieces.size < size; number++) {
    let word = '';
    for (let left = number; left > 0 || word === ''; left = Math.floor(left / syllables.length))
      word += syllables[left % syllables.length];
    pieces.add(number % 3 === 2 ? `##${word}` : word);
  }
  return [...pieces];
}

/** Writes tokenizer.json and tokenizer_config.json of a BERT word-piece tokenizer into a model's folder. */
export function writeTokenizer(dir: string, vocabulary: readonly string[], longest: number): void {
  const ids = Object.fromEntries(vocabulary.map((piece, at) => [piece, at]));
  const mark = (piece: string, typeId = 0) => ({ SpecialToken: { id: piece, type_id: typeId } });
  const part = (id: string, typeId = 0) => ({ Sequence: { id, type_id: typeId } });
  const named = (piece: string) => ({ id: piece, ids: [ids[piece]], tokens: [piece] });
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content) => ({
      id: ids[content],
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [mark('[CLS]'), part('A'), mark('[SEP]')],
      pair: [mark('[CLS]'), part('A'), mark('[SEP]'), part('B', 1), mark('[SEP]', 1)],
      special_tokens: { '[CLS]': named('[CLS]'), '[SEP]': named('[SEP]') },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: ids,
    },
  };
  const config = {
    tokenizer_class: 'BertTokenizer',
    model_max_length: longest,
    do_lower_case: true,
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    mask_token: '[MASK]',
  };
  writeFileSync(join(dir, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(join(dir, 'tokenizer_config.json'), JSON.stringify(config));
}
