/** Where each key and value of a TOML text stands. */

import type { Location } from "@skerry/base";
import type { AST } from "toml-eslint-parser";

type Path = readonly (string | number)[];

/** Finds the place of a value by its path, or of the nearest thing around it. */
export class Positions {
  readonly #byPath = new Map<string, Location>();

  constructor(program: AST.TOMLProgram) {
    const [top] = program.body;
    this.#note([], top);
    for (const statement of top.body) this.#addStatement([], statement);
  }

  /** @param path keys and list indexes from the top */
  find(path: Path): Location {
    for (let length = path.length; length >= 0; length -= 1) {
      const found = this.#byPath.get(key(path.slice(0, length)));
      if (found !== undefined) return found;
    }
    return { kind: "text", line: 1, column: 1 };
  }

  #addStatement(base: Path, statement: AST.TOMLTable | AST.TOMLKeyValue): void {
    if (statement.type === "TOMLKeyValue") return this.#addKeyValue(base, statement);
    this.#note(statement.resolvedKey, statement);
    for (const inner of statement.body) this.#addKeyValue(statement.resolvedKey, inner);
  }

  #addKeyValue(base: Path, { key: { keys }, value }: AST.TOMLKeyValue): void {
    const path: (string | number)[] = [...base];
    for (const part of keys) {
      path.push(part.type === "TOMLBare" ? part.name : part.value);
      this.#note(path, part);
    }
    // A mistake in a value is shown at the value, one in the key's name at the key.
    this.#noteKey(path, keys.at(-1) ?? value);
    this.#addValue(path, value);
  }

  #addValue(path: Path, value: AST.TOMLContentNode): void {
    this.#byPath.set(key(path), location(value));
    if (value.type === "TOMLArray") {
      value.elements.forEach((element, index) => this.#addValue([...path, index], element));
    } else if (value.type === "TOMLInlineTable") {
      for (const inner of value.body) this.#addKeyValue(path, inner);
    }
  }

  /** Where the key itself stands. */
  findKey(path: Path): Location {
    return this.#byPath.get(`key ${key(path)}`) ?? this.find(path);
  }

  #noteKey(path: Path, node: AST.TOMLNode): void {
    this.#byPath.set(`key ${key(path)}`, location(node));
  }

  #note(path: Path, node: AST.TOMLNode): void {
    const at = key(path);
    if (!this.#byPath.has(at)) this.#byPath.set(at, location(node));
  }
}

function key(path: Path): string {
  return JSON.stringify(path);
}

function location(node: AST.TOMLNode): Location {
  return { kind: "text", line: node.loc.start.line, column: node.loc.start.column + 1 };
}
