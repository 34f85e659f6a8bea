/** A program in AssemblyScript, as text: its dialect of TypeScript is not what this project is checked as. */

/** Classes, generics, closures over globals, maps, and enough garbage to be collected. */
export const assemblyScriptSource = String.raw`
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fd_write(fd: u32, vectors: usize, count: usize, written: usize): u16;

function print(text: string): void {
  const bytes = String.UTF8.encode(text + "\n");
  const vector = memory.data(12);
  store<usize>(vector, changetype<usize>(bytes), 0);
  store<usize>(vector, bytes.byteLength, 4);
  fd_write(1, vector, 1, vector + 8);
}

abstract class Shape {
  abstract area(): f64;
}

class Square extends Shape {
  constructor(private side: f64) { super(); }
  area(): f64 { return this.side * this.side; }
}

class Circle extends Shape {
  constructor(private radius: f64) { super(); }
  area(): f64 { return Math.PI * this.radius * this.radius; }
}

const shapes: Shape[] = [new Square(2), new Circle(1), new Square(0.5)];
shapes.sort((left, right) => left.area() < right.area() ? -1 : 1);
print(shapes.map<string>((shape) => shape.area().toString()).join(" "));

const counts = new Map<string, i32>();
const words = "one fish two fish red fish blue fish".split(" ");
for (let index = 0; index < words.length; index++) {
  const word = words[index];
  counts.set(word, (counts.has(word) ? counts.get(word) : 0) + 1);
}
print(counts.keys().map<string>((key) => key + "=" + counts.get(key).toString()).join(","));

let kept: string[] = [];
for (let round = 0; round < 20000; round++) {
  kept.push(round.toString() + "-" + (round * 31).toString());
  if (kept.length > 100) kept = kept.slice(50);
}
print(kept[0] + " " + kept.length.toString());

let state: u64 = 0x9e3779b97f4a7c15;
for (let step = 0; step < 1000; step++) state = rotl<u64>(state ^ (state * 0xbf58476d1ce4e5b9), 29);
print(state.toString() + " " + (<f32> 1 / 3).toString() + " " + popcnt<u64>(state).toString());
`;

/** What it prints. */
export const assemblyScriptOutput = `0.25 3.141592653589793 4.0
one=1,fish=4,two=1,red=1,blue=1
19900-616900 100
760144886170392094 0.33333334 28
`;
