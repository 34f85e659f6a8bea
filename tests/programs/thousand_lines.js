/**
 * A program of a thousand lines for an engine to run: small pieces of the work that scripts do, each of which tells what
 * came of it. Its value is a promise of a text that is the same in every engine.
 */

// deno-lint-ignore-file no-this-alias require-await

const told = [];

/** Notes what a piece of work came to. */
function tell(name, value) {
  told.push(`${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
}

/** A generator of numbers that is the same everywhere (Marsaglia, "Xorshift RNGs"). */
class Xorshift {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  next() {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x >>> 0;
    return this.#state;
  }

  below(bound) {
    return this.next() % bound;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  shuffled(list) {
    const copy = [...list];
    for (let index = copy.length - 1; index > 0; index -= 1) {
      const other = this.below(index + 1);
      [copy[index], copy[other]] = [copy[other], copy[index]];
    }
    return copy;
  }
}

/** A hash for texts too long to tell (Fowler, Noll and Vo). */
function fnv1a(text) {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16);
}

// A language of its own: tokens, a tree, and what the tree comes to.

const tokenPattern =
  /\s*(?:(?<number>\d+(?:\.\d+)?)|(?<name>[a-z_]\w*)|(?<sign>==|<=|[-+*/%<(){},;=]))/y;

function* tokensOf(source) {
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < source.trimEnd().length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(source);
    if (match === null) {
      throw new SyntaxError(`nothing that is known at ${at}`);
    }
    const { number, name, sign } = match.groups;
    if (number !== undefined) {
      yield { kind: "number", value: Number(number) };
    } else if (name !== undefined) {
      yield { kind: "name", value: name };
    } else {
      yield { kind: "sign", value: sign };
    }
  }
  yield { kind: "end" };
}

/** Top-down operator precedence (Pratt, 1973). */
class Parser {
  static #powers = new Map([
    ["==", 1],
    ["<", 2],
    ["<=", 2],
    ["+", 3],
    ["-", 3],
    ["*", 4],
    ["/", 4],
    ["%", 4],
  ]);
  #tokens;
  #at = 0;

  constructor(source) {
    this.#tokens = [...tokensOf(source)];
  }

  get #token() {
    return this.#tokens[this.#at];
  }

  #takes(value) {
    if (this.#token.value !== value) {
      return false;
    }
    this.#at += 1;
    return true;
  }

  #expect(value) {
    if (!this.#takes(value)) {
      throw new SyntaxError(`expected ${value}, found ${this.#token.value ?? this.#token.kind}`);
    }
  }

  program() {
    const statements = [];
    while (this.#token.kind !== "end") {
      statements.push(this.#statement());
    }
    return { kind: "block", statements };
  }

  #block() {
    this.#expect("{");
    const statements = [];
    while (!this.#takes("}")) {
      statements.push(this.#statement());
    }
    return { kind: "block", statements };
  }

  #statement() {
    if (this.#takes("let")) {
      const name = this.#name();
      this.#expect("=");
      const value = this.#expression(0);
      this.#expect(";");
      return { kind: "let", name, value };
    }
    if (this.#takes("while")) {
      const condition = this.#expression(0);
      return { kind: "while", condition, body: this.#block() };
    }
    if (this.#takes("if")) {
      const condition = this.#expression(0);
      const then = this.#block();
      const otherwise = this.#takes("else") ? this.#block() : undefined;
      return { kind: "if", condition, then, otherwise };
    }
    if (this.#takes("return")) {
      const value = this.#expression(0);
      this.#expect(";");
      return { kind: "return", value };
    }
    if (this.#takes("fn")) {
      const name = this.#name();
      const parameters = this.#list(() => this.#name());
      return { kind: "let", name, value: { kind: "function", parameters, body: this.#block() } };
    }
    const value = this.#expression(0);
    if (value.kind === "variable" && this.#takes("=")) {
      const assigned = { kind: "assign", name: value.name, value: this.#expression(0) };
      this.#expect(";");
      return assigned;
    }
    this.#expect(";");
    return { kind: "expression", value };
  }

  #list(item) {
    this.#expect("(");
    const items = [];
    while (!this.#takes(")")) {
      items.push(item());
      if (this.#token.value !== ")") {
        this.#expect(",");
      }
    }
    return items;
  }

  #name() {
    const { kind, value } = this.#token;
    if (kind !== "name") {
      throw new SyntaxError(`expected a name, found ${value}`);
    }
    this.#at += 1;
    return value;
  }

  #expression(power) {
    let left = this.#primary();
    for (;;) {
      const sign = this.#token.value;
      const binds = Parser.#powers.get(sign) ?? 0;
      if (binds <= power) {
        return left;
      }
      this.#at += 1;
      left = { kind: "binary", sign, left, right: this.#expression(binds) };
    }
  }

  #primary() {
    const { kind, value } = this.#token;
    this.#at += 1;
    if (kind === "number") {
      return { kind: "number", value };
    }
    if (value === "-") {
      return {
        kind: "binary",
        sign: "-",
        left: { kind: "number", value: 0 },
        right: this.#expression(4),
      };
    }
    if (value === "(") {
      const inner = this.#expression(0);
      this.#expect(")");
      return inner;
    }
    if (kind !== "name") {
      throw new SyntaxError(`expected a value, found ${value ?? kind}`);
    }
    if (this.#token.value === "(") {
      return { kind: "call", name: value, arguments: this.#list(() => this.#expression(0)) };
    }
    return { kind: "variable", name: value };
  }
}

class Returned {
  constructor(value) {
    this.value = value;
  }
}

const operations = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
  "<": (a, b) => Number(a < b),
  "<=": (a, b) => Number(a <= b),
  "==": (a, b) => Number(a === b),
};

class Interpreter {
  steps = 0;
  printed = [];

  run(source) {
    const globals = Object.create(null);
    globals.print = (...values) => {
      this.printed.push(values.join(" "));
      return 0;
    };
    try {
      this.#execute(new Parser(source).program(), globals);
    } catch (thrown) {
      if (thrown instanceof Returned) {
        return thrown.value;
      }
      throw thrown;
    }
    return undefined;
  }

  #execute(statement, scope) {
    this.steps += 1;
    switch (statement.kind) {
      case "block": {
        const inner = Object.create(scope);
        for (const each of statement.statements) {
          this.#execute(each, inner);
        }
        return;
      }
      case "let":
        scope[statement.name] = this.#evaluate(statement.value, scope);
        return;
      case "assign": {
        let owner = scope;
        while (owner !== null && !Object.hasOwn(owner, statement.name)) {
          owner = Object.getPrototypeOf(owner);
        }
        if (owner === null) {
          throw new ReferenceError(`there is no ${statement.name}`);
        }
        owner[statement.name] = this.#evaluate(statement.value, scope);
        return;
      }
      case "while":
        while (this.#evaluate(statement.condition, scope)) {
          this.#execute(statement.body, scope);
        }
        return;
      case "if":
        if (this.#evaluate(statement.condition, scope)) {
          this.#execute(statement.then, scope);
        } else if (statement.otherwise !== undefined) {
          this.#execute(statement.otherwise, scope);
        }
        return;
      case "return":
        throw new Returned(this.#evaluate(statement.value, scope));
      default:
        this.#evaluate(statement.value, scope);
    }
  }

  #evaluate(expression, scope) {
    this.steps += 1;
    switch (expression.kind) {
      case "number":
        return expression.value;
      case "variable":
        if (!(expression.name in scope)) {
          throw new ReferenceError(`there is no ${expression.name}`);
        }
        return scope[expression.name];
      case "binary":
        return operations[expression.sign](
          this.#evaluate(expression.left, scope),
          this.#evaluate(expression.right, scope),
        );
      case "function":
        return (...values) => this.#call(expression, values, scope);
      case "call": {
        const callee = scope[expression.name];
        if (typeof callee !== "function") {
          throw new TypeError(`${expression.name} is no function`);
        }
        return callee(...expression.arguments.map((each) => this.#evaluate(each, scope)));
      }
      default:
        throw new Error(expression.kind);
    }
  }

  #call({ parameters, body }, values, scope) {
    const inner = Object.create(scope);
    for (const [index, name] of parameters.entries()) {
      inner[name] = values[index] ?? 0;
    }
    try {
      this.#execute(body, inner);
    } catch (thrown) {
      if (thrown instanceof Returned) {
        return thrown.value;
      }
      throw thrown;
    }
    return 0;
  }
}

const programs = {
  factorial: `
    fn factorial(n) {
      if n < 2 { return 1; }
      return n * factorial(n - 1);
    }
    return factorial(20);
  `,
  collatz: `
    fn collatz(n) {
      let steps = 0;
      while 1 < n {
        if n % 2 == 0 { n = n / 2; } else { n = 3 * n + 1; }
        steps = steps + 1;
      }
      return steps;
    }
    let longest = 0;
    let best = 0;
    let n = 1;
    while n <= 300 {
      let steps = collatz(n);
      if longest < steps { longest = steps; best = n; }
      n = n + 1;
    }
    print(best, longest);
    return best * 1000 + longest;
  `,
  closures: `
    fn adder(step) {
      let total = 0;
      fn add(times) {
        total = total + step * times;
        return total;
      }
      return add;
    }
    let by_two = adder(2);
    let by_five = adder(5);
    by_two(3);
    by_five(1);
    print(by_two(1), by_five(2));
    return by_two(0) + by_five(0);
  `,
  primes: `
    fn is_prime(n) {
      let divisor = 2;
      while divisor * divisor <= n {
        if n % divisor == 0 { return 0; }
        divisor = divisor + 1;
      }
      return 1;
    }
    let n = 2;
    let sum = 0;
    while n < 200 {
      sum = sum + n * is_prime(n);
      n = n + 1;
    }
    return sum;
  `,
  precedence: "return -2 + 3 * (4 - 1) / 2 - 10 % 4 * 2;",
  missing: "return nothing + 1;",
  broken: "let = 4;",
  strange: "return 1 @ 2;",
};

for (const [name, source] of Object.entries(programs)) {
  const interpreter = new Interpreter();
  try {
    const value = interpreter.run(source);
    tell(`program ${name}`, { value, steps: interpreter.steps, printed: interpreter.printed });
  } catch (error) {
    tell(`program ${name}`, `${error.constructor.name}: ${error.message}`);
  }
}

// Structures: a heap, shortest ways, a trie, a cache, sets that join, a tree that stays balanced.

class Heap {
  #items = [];
  #before;

  constructor(before) {
    this.#before = before;
  }

  get size() {
    return this.#items.length;
  }

  push(item) {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(items[at], items[parent])) {
        return;
      }
      [items[at], items[parent]] = [items[parent], items[at]];
      at = parent;
    }
  }

  pop() {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (items.length === 0) {
      return first;
    }
    items[0] = last;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < items.length && this.#before(items[child], items[least])) {
          least = child;
        }
      }
      if (least === at) {
        return first;
      }
      [items[at], items[least]] = [items[least], items[at]];
      at = least;
    }
  }
}

const chance = new Xorshift(2463534242);
const heap = new Heap((left, right) => left < right);
for (let count = 0; count < 500; count += 1) {
  heap.push(chance.below(10_000));
}
const drained = [];
while (heap.size > 0) {
  drained.push(heap.pop());
}
tell("heap is sorted", drained.every((value, index) => index === 0 || drained[index - 1] <= value));
tell("heap", fnv1a(drained.join()));

const roads = new Map();

function road(from, to, length) {
  for (const [start, end] of [[from, to], [to, from]]) {
    const known = roads.get(start) ?? new Map();
    roads.set(start, known.set(end, length));
  }
}

road("Aarau", "Basel", 55);
road("Aarau", "Zürich", 47);
road("Basel", "Bern", 95);
road("Bern", "Fribourg", 34);
road("Fribourg", "Lausanne", 72);
road("Bern", "Interlaken", 57);
road("Interlaken", "Luzern", 68);
road("Luzern", "Zürich", 52);
road("Zürich", "Winterthur", 26);
road("Winterthur", "St. Gallen", 58);
road("Lausanne", "Genève", 62);
road("Luzern", "Lugano", 168);
road("Aarau", "Bern", 80);

/** Shortest ways from a place (Dijkstra, 1959). */
function shortest(from) {
  const distances = new Map([[from, 0]]);
  const before = new Map();
  const open = new Heap((left, right) => left.distance < right.distance);
  open.push({ place: from, distance: 0 });
  while (open.size > 0) {
    const { place, distance } = open.pop();
    if (distance > distances.get(place)) {
      continue;
    }
    for (const [next, length] of roads.get(place)) {
      const total = distance + length;
      if (total < (distances.get(next) ?? Infinity)) {
        distances.set(next, total);
        before.set(next, place);
        open.push({ place: next, distance: total });
      }
    }
  }
  return { distances, before };
}

const { distances, before } = shortest("Genève");
tell("distances", Object.fromEntries([...distances].sort(([a], [b]) => (a < b ? -1 : 1))));
const way = [];
for (let place = "St. Gallen"; place !== undefined; place = before.get(place)) {
  way.unshift(place);
}
tell("way", way.join(" → "));

class Trie {
  #children = new Map();
  #ends = 0;

  add(word) {
    let node = this;
    for (const letter of word) {
      if (!node.#children.has(letter)) {
        node.#children.set(letter, new Trie());
      }
      node = node.#children.get(letter);
    }
    node.#ends += 1;
  }

  *words(prefix = "") {
    if (this.#ends > 0) {
      yield [prefix, this.#ends];
    }
    for (const letter of [...this.#children.keys()].sort()) {
      yield* this.#children.get(letter).words(prefix + letter);
    }
  }

  below(prefix) {
    let node = this;
    for (const letter of prefix) {
      node = node.#children.get(letter);
      if (node === undefined) {
        return [];
      }
    }
    return [...node.words(prefix)];
  }
}

const text =
  `It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was the
season of Darkness, it was the spring of hope, it was the winter of despair.`;
const trie = new Trie();
for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu)) {
  trie.add(word);
}
tell("words", [...trie.words()].length);
tell("words with w", trie.below("w"));
tell("words with ep", trie.below("ep"));
tell("words with q", trie.below("q"));

class Cache {
  #entries = new Map();
  #size;
  hits = 0;
  misses = 0;

  constructor(size) {
    this.#size = size;
  }

  get(key, make) {
    if (this.#entries.has(key)) {
      this.hits += 1;
      const value = this.#entries.get(key);
      this.#entries.delete(key);
      this.#entries.set(key, value);
      return value;
    }
    this.misses += 1;
    const value = make(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#size) {
      this.#entries.delete(this.#entries.keys().next().value);
    }
    return value;
  }

  get keys() {
    return [...this.#entries.keys()];
  }
}

const cache = new Cache(8);
for (let count = 0; count < 400; count += 1) {
  cache.get(Math.min(chance.below(20), chance.below(20)), (key) => key * key);
}
tell("cache", { hits: cache.hits, misses: cache.misses, keys: cache.keys });

class Partition {
  #parents;

  constructor(count) {
    this.#parents = Int32Array.from({ length: count }, (_, index) => index);
  }

  find(item) {
    const parents = this.#parents;
    while (parents[item] !== item) {
      parents[item] = parents[parents[item]];
      item = parents[item];
    }
    return item;
  }

  join(left, right) {
    this.#parents[this.find(left)] = this.find(right);
  }

  get count() {
    return new Set(this.#parents.map((_, index) => this.find(index))).size;
  }
}

const partition = new Partition(200);
for (let count = 0; count < 150; count += 1) {
  partition.join(chance.below(200), chance.below(200));
}
tell("partition", partition.count);

/** A treap (Seidel and Aragon, 1996): a search tree by key, a heap by chance. */
function inserted(tree, key) {
  if (tree === null) {
    return { key, weight: chance.next(), left: null, right: null };
  }
  if (key === tree.key) {
    return tree;
  }
  const side = key < tree.key ? "left" : "right";
  const child = inserted(tree[side], key);
  const grown = { ...tree, [side]: child };
  if (child.weight >= tree.weight) {
    return grown;
  }
  return side === "left"
    ? { ...child, right: { ...grown, left: child.right } }
    : { ...child, left: { ...grown, right: child.left } };
}

function* inOrder(tree) {
  if (tree !== null) {
    yield* inOrder(tree.left);
    yield tree.key;
    yield* inOrder(tree.right);
  }
}

function depth(tree) {
  return tree === null ? 0 : 1 + Math.max(depth(tree.left), depth(tree.right));
}

let tree = null;
for (let key = 0; key < 300; key += 1) {
  tree = inserted(tree, key * 7 % 300);
}
tell("treap", { first: [...inOrder(tree)].slice(0, 5), count: [...inOrder(tree)].length });
tell("treap depth", depth(tree) < 40);

// Numbers: integers of any size, matrices, transforms, arrays with types.

function modularPower(base, exponent, modulus) {
  let result = 1n;
  for (let b = base % modulus, e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) {
      result = result * b % modulus;
    }
    b = b * b % modulus;
  }
  return result;
}

/** A test for primes that is exact below 3·10^24 (Miller and Rabin; Sorenson and Webster, 2015). */
function isPrime(n) {
  const witnesses = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n, 23n, 29n, 31n, 37n, 41n];
  if (n < 2n) {
    return false;
  }
  for (const small of witnesses) {
    if (n % small === 0n) {
      return n === small;
    }
  }
  let odd = n - 1n;
  let twos = 0;
  while (odd % 2n === 0n) {
    odd /= 2n;
    twos += 1;
  }
  return witnesses.every((witness) => {
    let x = modularPower(witness, odd, n);
    if (x === 1n || x === n - 1n) {
      return true;
    }
    for (let round = 1; round < twos; round += 1) {
      x = x * x % n;
      if (x === n - 1n) {
        return true;
      }
    }
    return false;
  });
}

const mersenne = [];
for (let exponent = 2n; exponent < 64n; exponent += 1n) {
  if (isPrime((1n << exponent) - 1n)) {
    mersenne.push(Number(exponent));
  }
}
tell("Mersenne exponents", mersenne);
let factorial = 1n;
for (let n = 1n; n <= 60n; n += 1n) {
  factorial *= n;
}
tell("60!", String(factorial));
tell(
  "signed",
  [BigInt.asIntN(8, 200n), BigInt.asUintN(8, -1n), (-7n) / 2n, (-7n) % 2n].map(String),
);

function multiplied(left, right) {
  return left.map((row) =>
    right[0].map((_, column) =>
      row.reduce((sum, value, index) => sum + value * right[index][column], 0)
    )
  );
}

let rotation = [[1, 0], [0, 1]];
for (let step = 0; step < 12; step += 1) {
  rotation = multiplied(rotation, [[0.8, -0.6], [0.6, 0.8]]);
}
tell("rotation", rotation.map((row) => row.map((value) => value.toFixed(9))));

/** A transform of 2^k complex numbers (Cooley and Tukey, 1965), in place. */
function transform(real, imaginary) {
  const { length } = real;
  for (let index = 1, reversed = 0; index < length; index += 1) {
    let bit = length >> 1;
    for (; reversed & bit; bit >>= 1) {
      reversed ^= bit;
    }
    reversed ^= bit;
    if (index < reversed) {
      [real[index], real[reversed]] = [real[reversed], real[index]];
      [imaginary[index], imaginary[reversed]] = [imaginary[reversed], imaginary[index]];
    }
  }
  for (let size = 2; size <= length; size *= 2) {
    for (let start = 0; start < length; start += size) {
      for (let at = 0; at < size / 2; at += 1) {
        const angle = -2 * Math.PI * at / size;
        const [low, high] = [start + at, start + at + size / 2];
        const re = real[high] * Math.cos(angle) - imaginary[high] * Math.sin(angle);
        const im = real[high] * Math.sin(angle) + imaginary[high] * Math.cos(angle);
        [real[high], imaginary[high]] = [real[low] - re, imaginary[low] - im];
        [real[low], imaginary[low]] = [real[low] + re, imaginary[low] + im];
      }
    }
  }
}

const wave = Float64Array.from(
  { length: 64 },
  (_, index) => Math.sin(2 * Math.PI * 5 * index / 64),
);
const nothing = new Float64Array(64);
transform(wave, nothing);
const loudest = wave.map((value, index) => Math.round(Math.hypot(value, nothing[index])));
tell("loudest", [...loudest.entries()].filter(([, value]) => value > 0));

const bytes = new Uint8Array(16);
const view = new DataView(bytes.buffer);
view.setInt16(0, -2);
view.setFloat32(2, 1.5, true);
view.setBigUint64(8, 0x0123456789abcdefn, true);
tell("bytes", [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
tell("clamped", [...Uint8ClampedArray.of(-5, 300, 1.5, 2.5)]);
tell("numbers", [
  0.1 + 0.2,
  1e21,
  5e-324,
  -0,
  2 ** 53 + 2,
  123.456.toExponential(2),
  (255).toString(36),
]);
tell("parsed", [
  parseInt("0x1f"),
  parseFloat("3.14abc"),
  Number("0b101"),
  Number(" 12 "),
  Number("1_0"),
]);

// Texts: templates, patterns, letters beyond the first plane, dates.

function markdown(source) {
  const inline = (line) =>
    line.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
      .replace(/\*\*(.+?)\*\*/g, "<b>$1</b>")
      .replace(/`(.+?)`/g, (_, code) => `<code>${code}</code>`)
      .replace(/\[(?<label>.+?)\]\((?<address>\S+?)\)/g, '<a href="$<address>">$<label></a>');
  return source.trim().split(/\n{2,}/).map((block) => {
    const heading = /^(#{1,6}) (.*)$/.exec(block);
    if (heading !== null) {
      const [, { length }, title] = heading;
      return `<h${length}>${inline(title)}</h${length}>`;
    }
    if (block.startsWith("- ")) {
      const items = block.split("\n").map((line) => `<li>${inline(line.slice(2))}</li>`);
      return `<ul>${items.join("")}</ul>`;
    }
    return `<p>${inline(block)}</p>`;
  }).join("\n");
}

tell(
  "markdown",
  markdown(`
# A **title** & more

Some \`code\` with a [link](https://example.org/?a=1), and a < b.

- one
- **two**

## End
`),
);
const spaced = String.raw`a\tb`;
tell("raw", [spaced, spaced.length]);
tell("letters", [..."naïve 🦀 日本"].map((letter) => letter.codePointAt(0).toString(16)).join(" "));
tell("normalised", ["é".normalize("NFD").length, "e\u0301".normalize("NFC").length]);
tell("cases", ["straße".toUpperCase(), "ΑΣ".toLowerCase(), "İ".toLowerCase().length]);
tell("padded", ["7".padStart(3, "0"), "ab".padEnd(5, "-"), "xyz".at(-1), "a-b-c".split("-", 2)]);
tell("ahead", "price: 30 USD, 40 EUR".match(/\d+(?= EUR)/)[0]);
tell("behind", "price: 30 USD, EUR 40".match(/(?<=EUR )\d+/)[0]);
tell("sticky", [..."aab".matchAll(/a/g)].map(({ index }) => index));
tell("properties", "Ab1 ç_".replace(/\p{Ll}/gu, "·"));
tell("date", [
  new Date(Date.UTC(2024, 1, 29, 12, 30)).toISOString(),
  new Date("2026-11-21T10:00:00+02:00").getTime(),
  new Date(NaN).getTime(),
]);
tell(
  "json",
  JSON.stringify({ b: [1, { c: undefined, d: null }], a: '\u2028"', e: new Date(0) }, null, 1),
);
tell(
  "revived",
  JSON.parse('{"a":[1,2,{"b":3}]}', (_, value) => typeof value === "number" ? value * 2 : value),
);
tell("coded", [encodeURIComponent("ä/&?"), decodeURIComponent("%E2%82%AC"), escape("ü")]);

// The language itself: proxies, symbols, getters, labels, spreads, weak things, errors.

const log = [];
const watched = new Proxy({ a: 1 }, {
  get: (target, key, receiver) => {
    log.push(`get ${String(key)}`);
    return Reflect.get(target, key, receiver);
  },
  has: (target, key) => {
    log.push(`has ${String(key)}`);
    return key in target;
  },
  set: (target, key, value) => {
    log.push(`set ${String(key)}`);
    return Reflect.set(target, key, value);
  },
  deleteProperty: (target, key) => {
    log.push(`delete ${String(key)}`);
    return Reflect.deleteProperty(target, key);
  },
  ownKeys: (target) => {
    log.push("keys");
    return Reflect.ownKeys(target);
  },
});
watched.b = watched.a + 1;
tell("proxy has", "b" in watched && !("c" in watched));
delete watched.a;
tell("proxy keys", Object.keys(watched));
tell("proxy", log);

class Span {
  static #made = 0;
  static {
    this.unit = "mm";
  }

  constructor(start, end) {
    Span.#made += 1;
    [this.start, this.end] = [start, end];
  }

  static get made() {
    return Span.#made;
  }

  static is(value) {
    return typeof value === "object" && "start" in value;
  }

  *[Symbol.iterator]() {
    for (let at = this.start; at < this.end; at += 1) {
      yield at;
    }
  }

  [Symbol.toPrimitive](hint) {
    return hint === "number" ? this.end - this.start : `${this.start}…${this.end} ${Span.unit}`;
  }

  get [Symbol.toStringTag]() {
    return "Span";
  }
}

class Stepped extends Span {
  constructor(start, end, step = 2) {
    super(start, end);
    this.step = step;
  }

  *[Symbol.iterator]() {
    for (const at of super[Symbol.iterator]()) {
      if ((at - this.start) % this.step === 0) {
        yield at;
      }
    }
  }
}

const span = new Stepped(3, 12, 3);
tell("span", [
  [...span],
  +span,
  `${span}`,
  String(Object.prototype.toString.call(span)),
  Span.made,
]);
const [first, , third = "none", ...others] = span;
tell("taken apart", { first, third, others });
const { start, ...remaining } = { ...span, extra: { deep: [1, [2, [3]]] } };
tell("rest", { start, remaining, flat: remaining.extra.deep.flat(Infinity) });
tell("optional", [span?.missing?.deeper, span.missing ?? "default", span["step"]?.toFixed(1)]);

let pairs = 0;
outer: for (let left = 1; left < 30; left += 1) {
  for (let right = left; right < 30; right += 1) {
    if (left * left + right * right > 400) {
      continue outer;
    }
    if (Number.isInteger(Math.hypot(left, right))) {
      pairs += 1;
    }
    if (pairs > 8) {
      break outer;
    }
  }
}
tell("Pythagorean pairs", pairs);

function* counter() {
  let received = 0;
  try {
    for (;;) {
      received += (yield received) ?? 1;
    }
  } finally {
    tell("counter", `ended at ${received}`);
  }
}

const counting = counter();
tell(
  "counts",
  [counting.next(), counting.next(5), counting.next(), counting.return(9)].map(({ value }) =>
    value
  ),
);

function tagged(strings, ...values) {
  return strings.map((string, index) => string.toUpperCase() + (values[index] ?? "")).join("");
}

tell("tagged", tagged`one ${1} two ${2 + 1} end`);
const frozen = Object.freeze({ list: [1] });
const attempts = [
  () => {
    "use strict";
    frozen.list = 2;
  },
  () => null.property,
  () => undefinedName,
  () => new Array(-1),
  () => JSON.parse("{"),
  () => Symbol() + "",
  () => 1n + 1,
  () => decodeURIComponent("%"),
  () =>
    new (class {
      #secret = 1;
      static peek(other) {
        return other.#secret;
      }
    }).constructor.peek({}),
  () => {
    throw new AggregateError([new Error("a")], "several", { cause: "one" });
  },
];
const names = attempts.map((attempt) => {
  try {
    return `fine: ${attempt()}`;
  } catch (error) {
    return error.constructor.name;
  }
});
tell("errors", names);
const weak = new WeakMap([[frozen, "held"]]);
tell("weak", [weak.get(frozen), weak.has({}), new WeakRef(frozen).deref() === frozen]);
tell("grouped", Object.groupBy([1, 2, 3, 4, 5], (n) => (n % 2 ? "odd" : "even")));
tell("found", [
  [3, 1, 2].toSorted(),
  [1, 2, 3].findLast((n) => n < 3),
  [1, 2].with(0, 9),
  [1, 2, 3].toReversed(),
]);
tell("sets", [...new Set([1, 2, 3]).union(new Set([3, 4]))]);
tell("stable", [..."eDcBa"].sort((a, b) => a.toLowerCase() < b.toLowerCase() ? -1 : 1).join(""));
tell("shuffled", new Xorshift(7).shuffled([..."abcdefgh"]).join(""));
tell("evaluated", new Function("a", "b", "return a ** b")(2, 10));

// Work that waits: promises, iteration over what comes later, an order that is the same everywhere.

const order = [];

async function step(name, times) {
  for (let time = 0; time < times; time += 1) {
    order.push(`${name}${time}`);
    await null;
  }
  return name;
}

async function* numbers(count) {
  for (let number = 0; number < count; number += 1) {
    yield await Promise.resolve(number * number);
  }
}

async function work() {
  const finished = await Promise.all([step("a", 3), step("b", 1), step("c", 2)]);
  tell("order", [order, finished]);
  let sum = 0;
  for await (const number of numbers(10)) {
    sum += number;
  }
  tell("summed", sum);
  const settled = await Promise.allSettled([
    Promise.reject(new Error("no")),
    Promise.any([Promise.reject(1), Promise.resolve(2)]),
    Promise.race([new Promise(() => {}), Promise.resolve("first")]),
  ]);
  tell("settled", settled.map(({ status, value, reason }) => [status, value ?? reason.message]));
  try {
    await (async () => {
      throw new RangeError("late");
    })();
  } catch (error) {
    tell("caught", error.message);
  } finally {
    tell("finally", true);
  }
  return `${told.join("\n")}\n`;
}

work();
