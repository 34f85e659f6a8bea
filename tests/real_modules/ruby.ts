/**
 * CRuby as a WASI reactor, through the six exports that evaluating a string takes. Its functions' names and
 * their lowering are those of an early component model: a list is (pointer, count), a string (pointer, bytes).
 */

import { type Allocate, passString } from "./guest_strings.ts";
import {
  exportedFunction,
  exportedMemory,
  type Instantiate,
  type Instantiated,
  readPackageFile,
  type RealProgram,
} from "./real_program.ts";
import { WasiHost } from "./wasi_host.ts";

const script = `
Shape = Struct.new(:name, :sides) do
  def to_s = "#{name} (#{sides})"
end
shapes = [Shape.new("square", 4), Shape.new("triangle", 3), Shape.new("hexagon", 6)]
puts shapes.sort_by(&:sides).join(", ")
puts (1..Float::INFINITY).lazy.select { |n| n % 7 == 0 }.map { |n| n * n }.first(4).inspect
puts (2**200).to_s, 10.downto(1).each_slice(3).to_a.inspect
fiber = Fiber.new { |x| loop { x = Fiber.yield(x * 2) } }
puts [1, 2, 3].map { |x| fiber.resume(x) }.sum
begin
  Integer("twelve")
rescue ArgumentError => error
  puts "caught #{error.message}"
ensure
  puts "æøå".chars.reverse.join, "%08.3f|%-6s|%+d" % [3.14159, "left", 42]
end
puts catch(:found) { 100.times { |n| throw :found, n if n * n > 500 } }
puts "the quick brown fox".gsub(/(?<word>\\w+)/) { $~[:word].capitalize }
case { status: 200, body: { items: [1, 2, 3] } }
in { status: 200..299, body: { items: [first, *rest] } } then puts "#{first} then #{rest}"
end
`;

/** This build comes without the standard library, and would say so. */
const withoutGems = ["--disable=gems,error_highlight,did_you_mean,syntax_suggest\0"];

/** Evaluates a script. */
export const ruby: RealProgram = {
  name: "CRuby 4.0 evaluates a script",
  output: `triangle (3), square (4), hexagon (6)
[49, 196, 441, 784]
1606938044258990275541962092341162602522202993782792835301376
[[10, 9, 8], [7, 6, 5], [4, 3, 2], [1]]
12
caught invalid value for Integer(): "twelve"
åøæ
0003.142|left  |+42
23
The Quick Brown Fox
1 then [2, 3]
`,
  async run(instantiate) {
    const host = new WasiHost({ args: ["ruby"] });
    const instance = await start(instantiate, host);
    const init = exportedFunction(instance, "ruby-init: func(args: list<string>) -> ()");
    const evaluate = exportedFunction(
      instance,
      "rb-eval-string-protect: func(str: string) -> tuple<handle<rb-abi-value>, s32>",
    );
    // Ruby takes them as C strings, whatever the type says.
    init(...passList(instance, ["ruby.wasm\0", "-EUTF-8\0", ...withoutGems, "-e_=0\0"]));
    const code = passString(instance, allocator(instance, 1), `${script}\n$stdout.flush`);
    const result = Number(evaluate(...code));
    const state = viewOf(instance).getInt32(result + 4, true);
    return host.text("stdout") + host.text("stderr") + (state === 0 ? "" : `[error ${state}]\n`);
  },
};

async function start(instantiate: Instantiate, host: WasiHost): Promise<Instantiated> {
  const bytes = await readPackageFile("@ruby/4.0-wasm-wasi/dist/ruby.wasm");
  // Values of Ruby's that the host holds: it only ever holds what an evaluation gave back.
  const held: number[] = [];
  const instance = await instantiate(bytes, {
    ...host.imports,
    "rb-js-abi-host": javaScriptHost(bytes),
    canonical_abi: {
      "resource_new_rb-abi-value": (value: number) => held.push(value) - 1,
      "resource_get_rb-abi-value": (handle: number) => held[handle],
      "resource_drop_js-abi-value": () => {},
    },
  });
  host.initialize(instance);
  return instance;
}

/** The functions by which Ruby calls JavaScript; the script does not. */
function javaScriptHost(bytes: Uint8Array<ArrayBuffer>): Record<string, () => never> {
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  const names = imports.filter(({ module }) => module === "rb-js-abi-host").map(({ name }) => name);
  return Object.fromEntries(names.map((name) => [name, () => {
    throw new Error(`Ruby called ${name}`);
  }]));
}

function viewOf(instance: Instantiated): DataView {
  return new DataView(exportedMemory(instance).buffer);
}

function allocator(instance: Instantiated, alignment: number): Allocate {
  const realloc = exportedFunction(instance, "cabi_realloc");
  return (bytes) => Number(realloc(0, 0, alignment, bytes));
}

function passList(instance: Instantiated, texts: readonly string[]): [number, number] {
  const list = allocator(instance, 4)(texts.length * 8);
  for (const [index, text] of texts.entries()) {
    const [pointer, bytes] = passString(instance, allocator(instance, 1), text);
    viewOf(instance).setInt32(list + index * 8, pointer, true);
    viewOf(instance).setInt32(list + index * 8 + 4, bytes, true);
  }
  return [list, texts.length];
}
