/** A minimal UTF-8 ISO 2709 file of records with an id, a title and an author. */
export function writeIso2709(
  records: readonly (readonly [id: string, title: string, author: string])[],
): string {
  return records
    .map(([id, title, author]) =>
      record([
        ['001', id],
        ['100', `1 \x1fa${author}`],
        ['245', `10\x1fa${title}`],
      ]),
    )
    .join('');
}

function record(fields: readonly (readonly [tag: string, data: string])[]): string {
  let directory = '';
  let body = '';
  for (const [tag, data] of fields) {
    const bytes = Buffer.byteLength(data) + 1;
    directory += tag + String(bytes).padStart(4, '0') + String(Buffer.byteLength(body)).padStart(5, '0');
    body += `${data}\x1e`;
  }
  const base = 24 + directory.length + 1;
  const length = base + Buffer.byteLength(body) + 1;
  return `${String(length).padStart(5, '0')}nam a22${String(base).padStart(5, '0')} a 4500${directory}\x1e${body}\x1d`;
}
