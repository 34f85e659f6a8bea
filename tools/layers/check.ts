/** The layer rules, as a judgement on an import graph. */

import type { Import } from "./graph.ts";
import type { Allowed } from "./table.ts";

/**
 * What breaks the rules, a sentence each:
 * - a room imports only the rooms and libraries that the table allows it;
 * - another room is reached through its `mod.ts` alone, by its name;
 * - no file imports itself through others, and no room does in the table.
 */
export function violations(
  imports: readonly Import[],
  table: Readonly<Record<string, Allowed>>,
): string[] {
  return [
    ...imports.flatMap((found) => judge(found, table)),
    ...cycles(fileEdges(imports)).map((cycle) => `files import each other: ${cycle}`),
    ...cycles(tableEdges(table)).map((cycle) => `the table has a cycle: ${cycle}`),
  ];
}

/** The room that a file belongs to: `packages/X/…` and `apps/X/…` are the room X. */
export function roomOf(path: string): string | undefined {
  return /^(?:packages|apps)\/([^/]+)\//.exec(path)?.[1];
}

function judge(found: Import, table: Readonly<Record<string, Allowed>>): string[] {
  const room = roomOf(found.from);
  if (room === undefined) return [];
  const allowed = table[room];
  const place = `${found.from}:${found.line}`;
  if (allowed === undefined) return [`${place}: the room "${room}" is not in the table`];
  const isTest = found.from.endsWith("_test.ts") || found.from.includes("/testing/");
  const { specifier, to } = found;
  if (to !== undefined) return judgeRoom(found, room, allowed, place, isTest);
  if (specifier.startsWith("node:")) {
    return isTest || room === "platform" || found.from.startsWith("apps/")
      ? []
      : [`${place}: only platform and the apps import ${specifier}`];
  }
  const library = specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
  return isTest || allowed.libraries.includes(library)
    ? []
    : [`${place}: ${room} may not import the library ${library}`];
}

function judgeRoom(
  { specifier, to = "" }: Import,
  room: string,
  allowed: Allowed,
  place: string,
  isTest: boolean,
): string[] {
  const target = roomOf(to);
  if (target === room) return [];
  if (target === undefined) {
    // The version has one place, and the apps show it.
    if (to === "package.json" && place.startsWith("apps/")) return [];
    return [`${place}: ${room} may not import ${to}, which is in no room`];
  }
  if (to.startsWith("apps/")) {
    // One app may be a verb of another's.
    return allowed.rooms.includes(target)
      ? []
      : [`${place}: ${room} may not import the app ${target}`];
  }
  if (specifier !== `@skerry/${target}`) {
    return [`${place}: ${target} is reached as @skerry/${target}, not as ${specifier}`];
  }
  // A test may stand on any room that its own room could not know.
  return isTest || allowed.rooms.includes(target)
    ? []
    : [`${place}: ${room} may not import ${target}`];
}

type Edges = ReadonlyMap<string, readonly string[]>;

function fileEdges(imports: readonly Import[]): Edges {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) {
    if (to !== undefined) edges.set(from, [...edges.get(from) ?? [], to]);
  }
  return edges;
}

function tableEdges(table: Readonly<Record<string, Allowed>>): Edges {
  return new Map(Object.entries(table).map(([room, { rooms }]) => [room, rooms]));
}

/** One cycle for each place where a depth-first walk comes back to its own path: `a → b → a`. */
function cycles(edges: Edges): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start !== -1) return void found.push([...path.slice(start), node].join(" → "));
    if (done.has(node)) return;
    for (const next of edges.get(node) ?? []) walk(next, [...path, node]);
    done.add(node);
  };
  for (const node of edges.keys()) walk(node, []);
  return found;
}
