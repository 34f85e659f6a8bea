/** Where each key and value of a TOML text stands. */

import type { Location } from "@skerry/base";
import type { AST } from "toml-eslint-parser";

type Path = readonly (string | number)[];

/** A value's place, and those of what it holds: as large as the text, whatever its keys are. */
interface Place {
  value: Location | undefined;
  /** Where the key itself stands. */
  key: Location | undefined;
  readonly inner: Map<string | number, Place>;
}

/** Finds the place of a value by its path, or of the nearest thing around it. */
export class Positions {
  readonly #top = newPlace();

  constructor(program: AST.TOMLProgram) {
    const [top] = program.body;
    this.#top.value = location(top);
    for (const statement of top.body) this.#addStatement(statement);
  }

  /** @param path keys and list indexes from the top */
  find(path: Path): Location {
    let found = this.#top;
    let nearest = found.value;
    for (const step of path) {
      const inner = found.inner.get(step);
      if (inner === undefined) break;
      found = inner;
      nearest = inner.value ?? nearest;
    }
    return nearest ?? { kind: "text", line: 1, column: 1 };
  }

  /** Where the key itself stands. */
  findKey(path: Path): Location {
    let found: Place | undefined = this.#top;
    for (const step of path) found = found?.inner.get(step);
    return found?.key ?? this.find(path);
  }

  #addStatement(statement: AST.TOMLTable | AST.TOMLKeyValue): void {
    if (statement.type === "TOMLKeyValue") return addKeyValue(this.#top, statement);
    let table = this.#top;
    for (const step of statement.resolvedKey) table = innerPlace(table, step);
    table.value ??= location(statement);
    for (const inner of statement.body) addKeyValue(table, inner);
  }
}

function addKeyValue(base: Place, { key: { keys }, value }: AST.TOMLKeyValue): void {
  let place = base;
  for (const part of keys) {
    place = innerPlace(place, part.type === "TOMLBare" ? part.name : part.value);
    place.value ??= location(part);
  }
  // A mistake in a value is shown at the value, one in the key's name at the key.
  place.key = location(keys.at(-1) ?? value);
  addValue(place, value);
}

function addValue(place: Place, value: AST.TOMLContentNode): void {
  place.value = location(value);
  if (value.type === "TOMLArray") {
    value.elements.forEach((element, index) => addValue(innerPlace(place, index), element));
  } else if (value.type === "TOMLInlineTable") {
    for (const inner of value.body) addKeyValue(place, inner);
  }
}

function newPlace(): Place {
  return { value: undefined, key: undefined, inner: new Map() };
}

function innerPlace({ inner }: Place, step: string | number): Place {
  const known = inner.get(step);
  if (known !== undefined) return known;
  const place = newPlace();
  inner.set(step, place);
  return place;
}

/** Where a node begins. */
export function location(node: AST.TOMLNode): Location {
  return { kind: "text", line: node.loc.start.line, column: node.loc.start.column + 1 };
}
