import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { bind, compile, Pool } from "@skerry/sandbox";
import { wasiPreview1, createWasiContext, memoryFileSystem } from "@skerry/wasi";
import { systemClock, systemRandom, nextTurn } from "@skerry/platform";
const loop = (imp: string, call: string) => `(module ${imp} (memory (export "memory") 3) (data (i32.const 0) "\\10\\00\\00\\00\\0a\\00\\00\\00") (func (export "run") (param $n i32) (local $i i32)
  (loop $l (drop ${call}) (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))))`;
const imp = (n: string, p: string) => `(import "wasi_snapshot_preview1" "${n}" (func $f (param ${p}) (result i32)))`;
const cases: Record<string, string> = {
  clock: loop(imp("clock_time_get", "i32 i64 i32"), "(call $f (i32.const 1) (i64.const 0) (i32.const 64))"),
  fd_write: loop(imp("fd_write", "i32 i32 i32 i32"), "(call $f (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64))"),
  fd_read: loop(imp("fd_read", "i32 i32 i32 i32"), "(call $f (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 64))"),
  fd_tell: loop(imp("fd_fdstat_get", "i32 i32"), "(call $f (i32.const 1) (i32.const 64))"),
};
const N = 100000; const best: Record<string, number> = {};
const chunk = new Uint8Array(65536);
for (const [name, wat] of Object.entries(cases)) {
  const compiled = await compile(new Uint8Array(await parse(wat)), { interfaces: [wasiPreview1] });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const pool = new Pool({ clock: systemClock, turn: nextTurn });
  for (let r = 0; r < 12; r++) {
    const context = createWasiContext({ args: ["x"], stdout: { write() {} }, stdin: { read: (n: number) => chunk.slice(0, n) }, clock: systemClock, random: systemRandom });
    const lease = pool.leaseNow(compiled.value, { bindings: [bind(wasiPreview1, context)] });
    if (typeof lease === "string") throw lease;
    const t = performance.now();
    const o = await lease.run("run", [N]);
    const ns = (performance.now() - t) * 1e6 / N; lease.release();
    if (o.kind !== "returned") throw new Error(JSON.stringify(o));
    best[name] = Math.min(best[name] ?? 1e9, Math.round(ns));
  }
}
console.log(best);
