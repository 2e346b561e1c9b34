import type { Format } from '../../../contract/vocabulary.js';
import { chanceFrom, type Chance } from './chance.js';
import { cloths, type Cloth } from './cloth.js';
import { familyFor, type PatternFamily } from './pattern-family.js';
import { coverAuthor, coverTitle, typeset, typesetDown, type TypeBox, type TypeSet } from './typesetting.js';

/** What a binding is made from: the part of a record that both the card and its own page know. */
export interface Bound {
  recordId: string;
  title: string;
  author: string | null;
  subject: string | null;
  format: Format;
  /** Direction of the title's script: the hinge is on the side where the book opens. */
  direction: 'ltr' | 'rtl';
}

/** How pattern and title share the front board. */
export type Composition = 'frame' | 'label' | 'band' | 'panel' | 'slip';

/** The outline of the thing: a book of cloth, or the case of something one hears, sees, plays or unfolds. */
export type Outline = 'book' | 'case' | 'box' | 'disc' | 'folded' | 'sheet' | 'tablet' | 'comic';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Design {
  width: number;
  height: number;
  outline: Outline;
  cloth: Cloth;
  family: PatternFamily;
  composition: Composition;
  hinge: 'left' | 'right';
  /** The front board without the hinge. */
  board: Rect;
  /** Where pattern, title and author go, in the units of width and height. */
  pattern: Rect;
  titleBox: Rect;
  authorBox: Rect;
  title: TypeSet;
  author: TypeSet | undefined;
  /** A seed of its own for the pattern, so that drawing needs nothing else. */
  seed: string;
}

const outlines: Partial<Record<Format, Outline>> = {
  audiobook: 'disc',
  eaudiobook: 'disc',
  music: 'disc',
  film: 'case',
  game: 'box',
  kit: 'box',
  object: 'box',
  software: 'box',
  map: 'folded',
  score: 'sheet',
  serial: 'sheet',
  picture: 'sheet',
  ebook: 'tablet',
  website: 'tablet',
  comic: 'comic',
};

const sizes: Record<Outline, [number, number]> = {
  book: [236, 356],
  case: [246, 344],
  box: [286, 286],
  disc: [272, 272],
  folded: [196, 352],
  sheet: [264, 352],
  tablet: [232, 324],
  comic: [240, 352],
};

const hinged: Outline[] = ['book', 'comic', 'case'];

/** Designs a binding. The same record always gets the same one. */
export function designOf(bound: Bound): Design {
  const chance = chanceFrom(bound.recordId);
  const outline = outlines[bound.format] ?? 'book';
  const [w, h] = sizes[outline];
  const width = outline === 'book' ? Math.round(w + chance.between(-10, 12)) : w;
  const height = outline === 'book' ? Math.round(h + chance.between(-30, 4)) : h;
  const cloth = chance.pick(cloths);
  const family = outline === 'comic' ? 'rays' : familyFor(bound.subject, chance);
  const title = coverTitle(bound.title);
  const down = outline === 'book' ? typesetDown(title, slipBox(width, height)) : undefined;
  const composition = down ? 'slip' : compositionFor(outline, chance);
  const hinge = bound.direction === 'rtl' || down ? 'right' : 'left';
  const spine = hinged.includes(outline) ? 18 : 0;
  const board: Rect = { x: hinge === 'left' ? spine : 0, y: 0, width: width - spine, height };
  const boxes = boxesFor(composition, board);
  const author = bound.author === null ? '' : coverAuthor(bound.author);
  return {
    width,
    height,
    outline,
    cloth,
    family,
    composition,
    hinge,
    board,
    ...boxes,
    title: down ?? typeset(title, typeBox(boxes.titleBox, bound.format === 'large_print' ? 38 : 31, 11)),
    author: author === '' ? undefined : typeset(author, typeBox(boxes.authorBox, 15, 9)),
    seed: `${bound.recordId}/${family}`,
  };
}

function compositionFor(outline: Outline, chance: Chance): Composition {
  const byChance = chance.pick<Composition>(['frame', 'label', 'band', 'panel', 'frame', 'panel']);
  if (outline === 'disc') return 'band';
  if (outline === 'folded' || outline === 'sheet') return 'label';
  return outline === 'comic' ? 'band' : byChance;
}

/** Room for type, kept clear of the edges of the board. */
function boxesFor(composition: Composition, board: Rect): Pick<Design, 'pattern' | 'titleBox' | 'authorBox'> {
  const { height } = board;
  const inset = (dx: number, y: number, rectHeight: number): Rect => ({
    x: board.x + dx,
    y,
    width: board.width - 2 * dx,
    height: rectHeight,
  });
  switch (composition) {
    case 'frame':
      return {
        pattern: inset(board.width * 0.24, height * 0.5, height * 0.27),
        titleBox: inset(27, height * 0.1, height * 0.37),
        authorBox: inset(28, height * 0.81, height * 0.1),
      };
    case 'label':
      return {
        pattern: board,
        titleBox: inset(34, height * 0.2, height * 0.27),
        authorBox: inset(34, height * 0.48, height * 0.1),
      };
    case 'band':
      return {
        pattern: board,
        titleBox: inset(16, height * 0.53, height * 0.24),
        authorBox: inset(16, height * 0.79, height * 0.1),
      };
    case 'panel':
      return {
        pattern: { ...board, y: height * 0.52, height: height * 0.48 },
        titleBox: inset(18, height * 0.08, height * 0.32),
        authorBox: inset(18, height * 0.41, height * 0.08),
      };
    case 'slip': {
      const slip = slipBox(board.width + 18, height);
      return {
        pattern: { ...board, height: height * 0.82 },
        titleBox: { x: 24, y: 26, width: slip.width, height: slip.height },
        authorBox: { x: 24, y: height * 0.84, width: board.width - 48, height: height * 0.09 },
      };
    }
  }
}

function slipBox(width: number, height: number): TypeBox {
  return { width: width * 0.3, height: height * 0.66, largest: 38, smallest: 17 };
}

function typeBox(rect: Rect, largest: number, smallest: number): TypeBox {
  return { width: rect.width, height: rect.height, largest, smallest };
}
