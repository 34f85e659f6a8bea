/** Random modules for properties: valid, small, with something of whatever the compiler deals with. */

import fc from "fast-check";

/** Texts of modules. All their functions are exported as `f0`, `f1`, …, and take two numbers. */
export const randomModule: fc.Arbitrary<string> = fc.record({
  pages: fc.nat({ max: 5 }),
  bodies: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 150 }), {
    minLength: 1,
    maxLength: 5,
  }),
  data: fc.array(fc.nat({ max: 70_000 }), { maxLength: 4 }),
}).map(({ pages, bodies, data }) => {
  const functions = bodies.map((choices, index) => {
    const body = new RandomBody(choices, bodies.length).statements(3);
    return `(func $f${index} (export "f${index}") (type $t) (param $p i32) (param $q i32)
      (local $i i32) (local $v i64) (local $x v128) ${body})`;
  });
  const segments = data.map((place) => `(data (i32.const ${place}) "data of ${place}")`);
  return `(module (type $t (func (param $p i32) (param $q i32)))
    (memory (export "memory") ${
    pages + 2
  }) (table $table 8 funcref) (elem (i32.const 0) $f0) (tag $e)
    (global $g (mut i32) (i32.const 5)) ${segments.join(" ")} (data $d "passive")
    ${functions.join("\n")})`;
});

/** Turns numbers into statements: each number is a choice, and where they end all choices are the first. */
class RandomBody {
  readonly #choices: readonly number[];
  readonly #functions: number;
  #next = 0;

  constructor(choices: readonly number[], functions: number) {
    this.#choices = choices;
    this.#functions = functions;
  }

  statements(depth: number): string {
    const texts: string[] = [];
    const count = this.#choose(6) + 1;
    for (let index = 0; index < count && this.#next < this.#choices.length; index += 1) {
      texts.push(this.#statement(depth));
    }
    return texts.join("\n");
  }

  #choose(count: number): number {
    const choice = this.#choices[this.#next] ?? 0;
    this.#next += 1;
    return choice % count;
  }

  #pick(texts: readonly string[]): string {
    return texts[this.#choose(texts.length)] ?? "";
  }

  #number(depth = 2): string {
    const inner = depth === 0 ? "(local.get $p)" : this.#number(depth - 1);
    return this.#pick([
      "(local.get $p)",
      "(local.get $q)",
      "(local.get $i)",
      `(i32.const ${this.#choose(9) * 700})`,
      `(i32.add ${inner} (i32.const ${this.#choose(2000) - 1000}))`,
      `(i32.sub ${inner} (i32.const 8))`,
      `(i32.shl ${inner} (i32.const 2))`,
      `(i32.load ${inner})`,
      "(memory.size)",
      "(global.get $g)",
    ]);
  }

  #statement(depth: number): string {
    const number = this.#number();
    const inner = depth === 0 ? "(nop)" : this.statements(depth - 1);
    const offset = this.#pick(["", "offset=4 ", "offset=1020 ", "offset=5000 "]);
    const callee = `$f${this.#choose(this.#functions)}`;
    return this.#pick([
      `(i32.store ${offset}${number} (i32.const 1))`,
      `(i64.store8 ${offset}${number} (local.get $v))`,
      `(v128.store ${offset}${number} (local.get $x))`,
      `(local.set $p ${number})`,
      `(local.set $i (i32.add (local.get $i) (i32.const 4)))`,
      `(global.set $g ${number})`,
      `(if ${number} (then ${inner}))`,
      `(if ${number} (then ${inner}) (else ${this.#number()} (drop)))`,
      `(block (br_if 0 ${number}) ${inner})`,
      `(loop ${inner} (br_if 0 ${number}))`,
      `(block $h (try_table (catch $e $h) ${inner}))`,
      `(if ${number} (then (throw $e)))`,
      `(if ${number} (then (return)))`,
      `(call ${callee} ${number} (local.get $q))`,
      `(if ${number} (then (return_call ${callee} ${number} (local.get $q))))`,
      `(call_indirect (type $t) ${number} (local.get $q) (local.get $i))`,
      `(memory.fill ${number} (i32.const 7) (local.get $q))`,
      `(memory.copy ${number} (local.get $p) (local.get $q))`,
      `(memory.init $d ${number} (i32.const 0) (i32.const 3))`,
      `(data.drop $d)`,
      `(drop (memory.grow ${number}))`,
      `(table.set $table ${number} (ref.null func))`,
    ]);
  }
}
