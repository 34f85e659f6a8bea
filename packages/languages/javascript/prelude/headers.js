// Headers of the Fetch standard.

export const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function normalName(name) {
  const text = String(name);
  if (!token.test(text)) throw new TypeError(`"${text}" is not a header name`);
  return text.toLowerCase();
}

function normalValue(value) {
  const text = String(value).replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, "");
  if (/[\0\n\r]|[^\0-\xff]/.test(text)) {
    throw new TypeError("a header value has a forbidden character");
  }
  return text;
}

export class Headers {
  /** Lower-case name → values in the order in which they were added. */
  #values = new Map();

  constructor(init) {
    if (init === undefined || init === null) return;
    if (typeof init !== "object") throw new TypeError("headers are given as an object or as pairs");
    for (const pair of pairsOf(init)) this.append(pair[0], pair[1]);
  }

  append(name, value) {
    const key = normalName(name);
    const text = normalValue(value);
    const values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, [text]);
    else values.push(text);
  }

  set(name, value) {
    this.#values.set(normalName(name), [normalValue(value)]);
  }

  delete(name) {
    this.#values.delete(normalName(name));
  }

  get(name) {
    return this.#values.get(normalName(name))?.join(", ") ?? null;
  }

  has(name) {
    return this.#values.has(normalName(name));
  }

  getSetCookie() {
    return [...(this.#values.get("set-cookie") ?? [])];
  }

  forEach(callback, self) {
    for (const [name, value] of this) callback.call(self, value, name, this);
  }

  *entries() {
    for (const name of [...this.#values.keys()].sort()) {
      const values = this.#values.get(name);
      // Cookies may hold commas, so they are never joined.
      if (name === "set-cookie") { for (const value of values) yield [name, value]; }
      else yield [name, values.join(", ")];
    }
  }

  *keys() {
    for (const [name] of this) yield name;
  }

  *values() {
    for (const [, value] of this) yield value;
  }

  [Symbol.iterator]() {
    return this.entries();
  }

  get [Symbol.toStringTag]() {
    return "Headers";
  }
}

function pairsOf(init) {
  if (init[Symbol.iterator] === undefined) return Object.entries(init);
  return Array.from(init, (pair) => {
    const entry = [...pair];
    if (entry.length !== 2) throw new TypeError("a header is a pair of name and value");
    return entry;
  });
}
