import { z } from 'zod';
import { isbn13 } from '../../../lib/isbn.js';
import type { Ecopy } from '../copies.js';

/** A title of the collection as its list names it. */
export interface Title {
  /** Reserve ID in lower case. */
  id: string;
  format?: Ecopy['format'];
  url?: string;
}

export const Identifier = z.object({ type: z.string(), value: z.string() });

/** A product of the search API, as far as it is used; what cannot be read of it is left out. */
const Product = z.object({
  id: z.string().min(1),
  crossRefId: z.union([z.number(), z.string()]).optional().catch(undefined),
  mediaType: z.string().optional().catch(undefined),
  isOwnedByCollections: z.boolean().optional().catch(undefined),
  formats: z
    .array(z.object({ identifiers: z.array(Identifier).optional().catch(undefined) }))
    .optional()
    .catch(undefined),
  otherFormatIdentifiers: z.array(Identifier).optional().catch(undefined),
  contentDetails: z
    .array(z.object({ href: z.string() }))
    .optional()
    .catch(undefined),
});

/** The last page may have no products at all; a body with neither is no page. */
const Page = z
  .object({ totalItems: z.int().optional(), products: z.array(z.unknown()).optional() })
  .refine(({ totalItems, products }) => totalItems !== undefined || products !== undefined);

/** Formats by what OverDrive calls a title's medium, in small letters. */
export const mediaFormats: Readonly<Record<string, Ecopy['format']>> = {
  ebook: 'ebook',
  audiobook: 'eaudiobook',
  magazine: 'magazine',
  video: 'video',
};

/** What a page of the list holds; undefined when it is none. */
export function readPage(json: unknown): { total: number | undefined; products: unknown[] } | undefined {
  const page = Page.safeParse(json);
  return page.success ? { total: page.data.totalItems, products: page.data.products ?? [] } : undefined;
}

const Metadata = z.object({ metadata: z.array(z.unknown()) });

/** The titles of a bulk of metadata; undefined when it is none. */
export function readMetadata(json: unknown): unknown[] | undefined {
  const bulk = Metadata.safeParse(json);
  return bulk.success ? bulk.data.metadata : undefined;
}

/** Ids of products as the list names them. */
export function idsOf(products: readonly unknown[]): string[] {
  return products.flatMap((json) => {
    const read = Product.safeParse(json);
    return read.success ? [read.data.id.toLowerCase()] : [];
  });
}

/** Every title of a collection by the ISBNs of all its formats, the printed book's among them, and by its title ID. */
export interface TitleIndex {
  /** Takes in a product of the list, or more of one that is known already: its metadata has the same form. */
  add(product: unknown): void;
  /** Titles that bear one of these ISBNs, each once: an e-book and an audiobook may. */
  withIsbn(isbns: readonly string[]): Title[];
  withTitleId(titleId: string): Title | undefined;
  withId(id: string): Title | undefined;
  readonly size: number;
  /** False as long as no title came with an ISBN of another format than its own. */
  readonly namesPrinted: boolean;
}

const MOST_OF_ONE_ISBN = 8;

export function createTitleIndex(siteUrl?: string): TitleIndex {
  const titles = new Map<string, Title>();
  const byTitleId = new Map<string, Title>();
  const byIsbn = new Map<string, Title[]>();
  let namesPrinted = false;

  const entered = (product: z.infer<typeof Product>): Title => {
    const id = product.id.toLowerCase();
    const known = titles.get(id);
    if (known) return known;
    const format = mediaFormats[product.mediaType?.toLowerCase() ?? ''];
    const titleId = product.crossRefId === undefined ? undefined : String(product.crossRefId);
    const page = product.contentDetails?.map(({ href }) => href).find(isWebAddress);
    const ownPage =
      siteUrl !== undefined && titleId !== undefined
        ? `${siteUrl.replace(/\/+$/, '')}/media/${titleId}`
        : undefined;
    const url = page ?? ownPage;
    const title: Title = { id, ...(format && { format }), ...(url !== undefined && { url }) };
    titles.set(id, title);
    if (titleId !== undefined) byTitleId.set(titleId, title);
    return title;
  };

  return {
    add(json) {
      const read = Product.safeParse(json);
      if (!read.success || read.data.isOwnedByCollections === false) return;
      const title = entered(read.data);
      const printed = read.data.otherFormatIdentifiers ?? [];
      const own = (read.data.formats ?? []).flatMap(({ identifiers }) => identifiers ?? []);
      namesPrinted ||= printed.length > 0;
      for (const isbn of new Set([...own, ...printed].map(isbnOf))) {
        if (isbn === undefined) continue;
        const bearing = byIsbn.get(isbn) ?? [];
        if (!bearing.includes(title) && bearing.length < MOST_OF_ONE_ISBN)
          byIsbn.set(isbn, [...bearing, title]);
      }
    },
    withIsbn: (isbns) => [...new Set(isbns.flatMap((isbn) => byIsbn.get(isbn13(isbn) ?? '') ?? []))],
    withTitleId: (titleId) => byTitleId.get(titleId),
    withId: (id) => titles.get(id),
    get size() {
      return titles.size;
    },
    get namesPrinted() {
      return namesPrinted;
    },
  };
}

/** An identifier's ISBN-13; undefined where it is none, or a wrong one. */
export const isbnOf = ({ type, value }: z.infer<typeof Identifier>): string | undefined =>
  type.toUpperCase().includes('ISBN') ? isbn13(value) : undefined;

export const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text);
