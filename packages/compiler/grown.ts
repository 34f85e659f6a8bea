/** Tables of numbers that grow: by doubling, so that what is copied stays in proportion to what is written. */

type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** The same numbers in a table of twice the size. */
export function grown<Table extends Numbers>(table: Table): Table {
  const { constructor } = table as unknown as { constructor: new (length: number) => Table };
  const larger = new constructor(table.length * 2);
  larger.set(table);
  return larger;
}
