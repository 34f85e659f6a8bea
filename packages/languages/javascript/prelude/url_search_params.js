// URLSearchParams of the URL standard.

import { percentDecode, percentEncode } from "./percent.js";

// application/x-www-form-urlencoded leaves these alone and writes a space as +.
const plain = /[*\-._0-9A-Za-z]/;

function parse(text) {
  return text.split("&").filter((part) => part !== "").map((part) => {
    const at = part.indexOf("=");
    const decode = (piece) => percentDecode(piece.replaceAll("+", " "));
    return at < 0 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
  });
}

function serialize(text) {
  return percentEncode(text, (character) => character === " " || plain.test(character))
    .replaceAll(" ", "+");
}

function entriesOf(init) {
  if (typeof init !== "object" || init === null) {
    return parse(String(init).toWellFormed().replace(/^\?/, ""));
  }
  const pairs = init[Symbol.iterator] === undefined ? Object.entries(init) : Array.from(init);
  return pairs.map((pair) => {
    const entry = [...pair];
    if (entry.length !== 2) throw new TypeError("a parameter is a pair of name and value");
    return entry.map((piece) => String(piece).toWellFormed());
  });
}

export class URLSearchParams {
  #list;
  #changed = () => {};

  constructor(init = "") {
    this.#list = entriesOf(init);
  }

  /** Parameters that tell their URL when they change. */
  static forUrl(query, changed) {
    const params = new URLSearchParams(query);
    params.#changed = () => changed(params.toString());
    return params;
  }

  get size() {
    return this.#list.length;
  }

  append(name, value) {
    this.#list.push([String(name).toWellFormed(), String(value).toWellFormed()]);
    this.#changed();
  }

  delete(name, value) {
    this.#list = this.#list.filter((entry) => !matches(entry, name, value));
    this.#changed();
  }

  get(name) {
    return this.#list.find((entry) => matches(entry, name))?.[1] ?? null;
  }

  getAll(name) {
    return this.#list.filter((entry) => matches(entry, name)).map(([, value]) => value);
  }

  has(name, value) {
    return this.#list.some((entry) => matches(entry, name, value));
  }

  set(name, value) {
    const first = this.#list.find((entry) => matches(entry, name));
    if (first === undefined) return this.append(name, value);
    first[1] = String(value).toWellFormed();
    this.#list = this.#list.filter((entry) => entry === first || !matches(entry, name));
    this.#changed();
  }

  sort() {
    this.#list.sort(([left], [right]) => left < right ? -1 : left > right ? 1 : 0);
    this.#changed();
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries() {
    for (const [name, value] of this.#list) yield [name, value];
  }

  *keys() {
    for (const [name] of this.#list) yield name;
  }

  *values() {
    for (const [, value] of this.#list) yield value;
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  toString() {
    return this.#list.map(([name, value]) => `${serialize(name)}=${serialize(value)}`).join("&");
  }

  get [Symbol.toStringTag]() {
    return "URLSearchParams";
  }
}

function matches(entry, name, value) {
  return entry[0] === String(name) && (value === undefined || entry[1] === String(value));
}
