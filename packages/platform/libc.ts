/**
 * The calls of Linux's C library that sockets and files need, by Deno's foreign functions.
 *
 * A call through Deno's own functions costs one to three microseconds beside the kernel's part, one through here a
 * tenth of that (docs/benchmarks.md). What failed is told by -1 alone: by the time JavaScript asks for `errno`,
 * anything else on the thread may have changed it. Whoever calls finds out in another way: by what epoll(7) says of a
 * socket, or by asking for the same once more through Deno.
 */

const symbols = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  /** Of its forms the one with a number: variable arguments are passed like others on both of Linux's ABIs. */
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "isize" },
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  /** As `epoll_wait`, in another thread: for waits. */
  epoll_wait_elsewhere: {
    name: "epoll_wait",
    parameters: ["i32", "buffer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  /** What these answer is read as 32 bits, the low half of its register: Linux moves less than 2^31 bytes at once. */
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  clock_gettime: { parameters: ["i32", "pointer"], result: "i32" },
  /** Of its forms the one with a mode, as of `fcntl` the one with a number. */
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  eventfd_write: { parameters: ["i32", "u64"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions. */
export type Libc = Deno.DynamicLibrary<typeof symbols>["symbols"];

/**
 * Room for a `struct timespec` of 64-bit Linux (seconds and nanoseconds, in 64 bits each, of which its readers need half)
 * and its address, known where there is a C library: to pass memory that does not move by its address takes the engine less.
 */
export const timespec: { readonly words: Int32Array<ArrayBuffer>; place: Deno.PointerValue } = {
  words: new Int32Array(new ArrayBuffer(16)),
  place: null,
};

let loaded: Libc | "none" | undefined;

/**
 * The C library, opened once in a thread; undefined where there is none that is known, or no permission for
 * it. What is open stays usable when the permission is given up later.
 */
export function libc(): Libc | undefined {
  loaded ??= load();
  return loaded === "none" ? undefined : loaded;
}

function load(): Libc | "none" {
  // Those who call use the numbers of 64-bit Linux on x86 and ARM. Node has no foreign functions.
  if (!("Deno" in globalThis) || Deno.build.os !== "linux") return "none";
  try {
    const calls = Deno.dlopen("libc.so.6", symbols).symbols;
    // Here, because to ask for an address needs the permission too.
    timespec.place = Deno.UnsafePointer.of(timespec.words);
    return calls;
  } catch {
    return "none";
  }
}
