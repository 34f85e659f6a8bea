/** The sections' ids, names and order (5.5.2 Sections). */

/** Ids by name. */
export const sectionId = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** Ids in the order that a module must keep, which is not that of the numbers. */
export const sectionOrder: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** The format's name of a section. */
export function sectionName(id: number): string {
  return names[id] ?? `unknown ${id}`;
}

const names = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
  "tag",
];

/** Imports' and exports' kinds by their byte (5.5.5, 5.5.10). */
export const externKinds = ["function", "table", "memory", "global", "tag"] as const;
