/** QuickJS with its package's own JavaScript around it. */

import { QuickJS } from "quickjs-wasi";
import { withEngineHook } from "./engine_hook.ts";
import { readPackageFile, type RealProgram } from "./real_program.ts";

const script = `
class Matrix {
  constructor(rows) { this.rows = rows; }
  times(other) {
    return new Matrix(this.rows.map((row) =>
      other.rows[0].map((_, column) => row.reduce((sum, value, index) => sum + value * other.rows[index][column], 0n))));
  }
}
let power = new Matrix([[1n, 1n], [1n, 0n]]);
for (let step = 0; step < 7; step += 1) power = power.times(power);
function* count() { for (let value = 1; ; value += 1) yield value; }
const firsts = [];
for (const value of count()) { if (value > 5) break; firsts.push(value ** 0.5); }
const matches = [..."12 apples, 7 pears".matchAll(/(?<count>\\d+) (?<fruit>\\w+)/g)].map(({ groups }) => ({ ...groups }));
let caught;
try { null.property; } catch (error) { caught = error.constructor.name; }
JSON.stringify({ fibonacci: String(power.rows[0][1]), firsts, matches, caught, sorted: [3, 1, 2].toSorted() });
`;

/** Evaluates a script. */
export const quickjs: RealProgram = {
  name: "QuickJS evaluates a script",
  output: '{"fibonacci":"251728825683549488150424261",' +
    '"firsts":[1,1.4142135623730951,1.7320508075688772,2,2.23606797749979],' +
    '"matches":[{"count":"12","fruit":"apples"},{"count":"7","fruit":"pears"}],' +
    '"caught":"TypeError","sorted":[1,2,3]}',
  async run(instantiate) {
    const wasm = await readPackageFile("quickjs-wasi/quickjs.wasm");
    const engine = await withEngineHook(instantiate, () => QuickJS.create({ wasm }));
    const result = engine.evalCode(script);
    const text = String(engine.dump(result));
    result.dispose();
    engine.dispose();
    return text;
  },
};
