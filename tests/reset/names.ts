/** How the functions that are added to a module are exported. */

/** What single stores are made with, by how many bytes they write. */
export const storeWidths = [1, 2, 4, 8, 16] as const;

/** The names of the functions that are added. `poison` and `digest` do it all, for who can call but once. */
export const poisonName = {
  all: "poison",
  digest: "digest",
  /** `(value: i64)`: stores to each address, in turn. */
  stores: (memory: number) => `poison:stores:${memory}`,
  /** `(byte: i32)`: fills it at once. */
  fill: (memory: number) => `poison:fill:${memory}`,
  /** `(address, value: i64)`. */
  store: (memory: number, width: number) => `poison:store:${memory}:${width}`,
  /** `(pages) → old size`. */
  grow: (memory: number) => `poison:grow:${memory}`,
  /** `(value: i64, host: externref)`: each mutable global. */
  globals: "poison:globals",
  /** `(host: externref)`: one by one, or at once. */
  table: (table: number) => `poison:table:${table}`,
  fillTable: (table: number) => `poison:fill_table:${table}`,
  /** `(host: externref, elements) → old size`. */
  growTable: (table: number) => `poison:grow_table:${table}`,
  drop: "poison:drop",
} as const;
