/** What AssemblyScript programs need of a host and WASI can give. */

/** The library's name: its functions are `~lib/<name>/<function>`. */
export const hostLibraryName = "skerry_host";

/**
 * Source of the library. `abort` says what happened on stderr and traps, so that the host sees a trap
 * with a backtrace and not an orderly exit. `seed` feeds Math.random. `trace` writes to stderr.
 */
export const hostLibrary = `
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function skerryWrite(fd: i32, vectors: usize, count: i32, written: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "random_get")
declare function skerryRandom(buffer: usize, length: usize): i32;

function writeError(text: string): void {
  const bytes = String.UTF8.encode(text);
  const vector = memory.data(16);
  store<usize>(vector, changetype<usize>(bytes), 0);
  store<usize>(vector, bytes.byteLength, 4);
  skerryWrite(2, vector, 1, vector + 8);
}

export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const what = message === null ? "abort" : message;
  const where = file === null ? "?" : file;
  writeError(what + " in " + where + ":" + line.toString() + ":" + column.toString() + "\\n");
  unreachable();
}

export function seed(): f64 {
  const bits = memory.data(8);
  skerryRandom(bits, 8);
  // The generator takes the bits, so any value but a not-a-number will do.
  return reinterpret<f64>(load<u64>(bits) & 0x7fef_ffff_ffff_ffff);
}

export function trace(
  message: string,
  n: i32 = 0,
  a0: f64 = 0,
  a1: f64 = 0,
  a2: f64 = 0,
  a3: f64 = 0,
  a4: f64 = 0,
): void {
  let text = "trace: " + message;
  if (n > 0) text += " " + a0.toString();
  if (n > 1) text += " " + a1.toString();
  if (n > 2) text += " " + a2.toString();
  if (n > 3) text += " " + a3.toString();
  if (n > 4) text += " " + a4.toString();
  writeError(text + "\\n");
}
`;
