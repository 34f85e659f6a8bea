import assert from "node:assert/strict";
import { type ByteSource, encodeUtf8, errnoNames, sourceOf } from "@skerry/base";
import { fdflags, recordBytes } from "./layout.ts";
import { memoryFileSystem } from "./memory_file_system.ts";
import { rights } from "./rights.ts";
import { guestOf, TestClock, type TestGuest, testGuest, top } from "./testing/guest.ts";
import { TestListener } from "./testing/sockets.ts";

type Wanted =
  | { readonly clock: number; readonly ns: bigint; readonly from?: "now" | "epoch" }
  | { readonly read: number }
  | { readonly write: number };

/** Subscriptions in guest memory; their userdata is their index. */
function subscribe(guest: TestGuest, wanted: readonly Wanted[]): number {
  const { memory } = guest;
  const at = guest.room(wanted.length * recordBytes.subscription);
  for (const [index, one] of wanted.entries()) {
    const start = at + index * recordBytes.subscription;
    memory.writeU64(start, BigInt(index));
    if ("clock" in one) {
      memory.writeU8(start + 8, 0);
      memory.writeU32(start + 16, one.clock);
      memory.writeU64(start + 24, one.ns);
      memory.writeU16(start + 40, one.from === "epoch" ? 1 : 0);
    } else {
      memory.writeU8(start + 8, "read" in one ? 1 : 2);
      memory.writeU32(start + 16, "read" in one ? one.read : one.write);
    }
  }
  return at;
}

/** Polls, and tells the events as `index type errno bytes [hangup]`. */
async function poll(guest: TestGuest, wanted: readonly Wanted[]): Promise<string[]> {
  const { memory } = guest;
  const events = guest.room(wanted.length * recordBytes.event);
  const result = guest.room(4);
  const at = subscribe(guest, wanted);
  const errno = await guest.wait("poll_oneoff", at, events, wanted.length, result);
  assert.equal(errno, "ESUCCESS");
  return Array.from({ length: memory.readU32(result) }, (_, index) => {
    const event = events + index * recordBytes.event;
    const type = ["clock", "read", "write"][memory.readU8(event + 10)];
    const error = errnoNames[memory.readU16(event + 8)];
    const hangup = memory.readU16(event + 24) === 1 ? " hangup" : "";
    return `${memory.readU64(event)} ${type} ${error} ${memory.readU64(event + 16)}${hangup}`;
  });
}

Deno.test("a sleep lasts as long as it says, on either clock, from now or to a time", async () => {
  const clock = new TestClock();
  const guest = testGuest({ clock });
  for (const id of [0, 1]) {
    const start = clock.nowNs;
    assert.deepEqual(await poll(guest, [{ clock: id, ns: 5_000_000n }]), ["0 clock ESUCCESS 0"]);
    assert.equal(clock.nowNs - start, 5_000_000n);
    const now = id === 0 ? clock.wallNs() : clock.monotonicNs();
    await poll(guest, [{ clock: id, ns: now + 7_000_001n, from: "epoch" }]);
    assert.equal(clock.nowNs - start, 13_000_000n, "rounded up to the timer's step");
    await poll(guest, [{ clock: id, ns: 1n, from: "epoch" }]);
    assert.equal(clock.nowNs - start, 13_000_000n, "a time that has passed is not waited for");
  }
});

Deno.test("the first of several clocks ends the wait", async () => {
  const clock = new TestClock();
  const guest = testGuest({ clock });
  const sleeps: Wanted[] = [{ clock: 1, ns: 60_000_000_000n }, { clock: 1, ns: 2_000_000n }];
  // A test clock jumps by each sleep, so one that reaches its end lets the other pass as well.
  const first = new FirstClock(2);
  const events = await poll(testGuest({ clock: first }), sleeps);
  assert.deepEqual(events, ["1 clock ESUCCESS 0"]);
  assert.equal(first.asleep, 0, "the other timer is let go");
  assert.equal(await poll(guest, [{ clock: 0, ns: 0n }]).then(({ length }) => length), 1);
});

/** A clock on which only sleeps of so many milliseconds ever end. */
class FirstClock extends TestClock {
  readonly #ms: number;
  /** Sleeps that are neither over nor let go. */
  asleep = 0;

  constructor(ms: number) {
    super();
    this.#ms = ms;
  }

  override sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === this.#ms) return super.sleep(ms, signal);
    this.asleep += 1;
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        this.asleep -= 1;
        resolve();
      });
    });
  }
}

Deno.test("a sleep that timers cannot hold is slept in pieces", async () => {
  const clock = new TestClock();
  await poll(testGuest({ clock }), [{ clock: 1, ns: 2n ** 31n * 1_000_000n }]);
  assert.deepEqual(clock.sleeps, [2 ** 31 - 1, 1]);
});

Deno.test("input is ready when it has bytes or has ended", async () => {
  const ready = testGuest({ stdin: sourceOf("abc") });
  assert.deepEqual(await poll(ready, [{ read: 0 }]), ["0 read ESUCCESS 3"]);
  const ended = testGuest({ stdin: sourceOf("") });
  assert.deepEqual(await poll(ended, [{ read: 0 }]), ["0 read ESUCCESS 0 hangup"]);
});

Deno.test("waiting for input gives up when the clock runs out, and loses no byte", async () => {
  let feed: ((bytes: Uint8Array) => void) | undefined;
  const stdin: ByteSource = { read: () => new Promise((resolve) => feed = resolve) };
  const guest = testGuest({ stdin });
  const wanted: Wanted[] = [{ clock: 1, ns: 1_000_000n }, { read: 0 }];
  assert.deepEqual(await poll(guest, wanted), ["0 clock ESUCCESS 0"]);
  feed?.(encodeUtf8("late"));
  await Promise.resolve();
  assert.deepEqual(await poll(guest, [{ read: 0 }]), ["0 read ESUCCESS 4"]);
});

Deno.test("files and output are always ready, and what cannot be watched is an event with an error", async () => {
  const fileSystem = memoryFileSystem({ bytesMax: 1e6, filesMax: 9, clock: new TestClock() });
  const guest = guestOf(fileSystem);
  guest.writeFile("f", "12345");
  const fd = guest.open("f");
  guest.read(fd, 2);
  const events = await poll(guest, [
    ...[{ read: fd }, { write: fd }, { write: 1 }, { read: 1 }, { write: 0 }],
    ...[{ read: 99 }, { read: 3 }],
  ]);
  assert.deepEqual(events, [
    ...["0 read ESUCCESS 3", "1 write ESUCCESS 1", "2 write ESUCCESS 1"],
    ...["3 read EBADF 0", "4 write EBADF 0", "5 read EBADF 0", "6 read EBADF 0"],
  ]);
  guest.read(fd, 9);
  assert.deepEqual(await poll(guest, [{ read: fd }]), ["0 read ESUCCESS 0 hangup"]);
});

Deno.test("a poll that makes no sense is refused", () => {
  const guest = testGuest();
  const at = subscribe(guest, [{ clock: 1, ns: 0n }]);
  const end = guest.memory.byteLength;
  assert.equal(guest.errno("poll_oneoff", at, 0, 0, 0), "EINVAL");
  assert.equal(guest.errno("poll_oneoff", at, 0, 1025, 0), "EINVAL");
  assert.equal(guest.errno("poll_oneoff", at, 0, -1, 0), "EINVAL");
  assert.equal(guest.errno("poll_oneoff", end - 47, 0, 1, 0), "EFAULT");
  assert.equal(guest.errno("poll_oneoff", at, end - 31, 1, 0), "EFAULT");
  assert.equal(guest.errno("poll_oneoff", at, 0, 1, end - 3), "EFAULT");
  const cpuClock = subscribe(guest, [{ clock: 2, ns: 0n }]);
  assert.equal(guest.errno("poll_oneoff", cpuClock, 0, 1, 0), "EINVAL");
  guest.memory.writeU16(at + 40, 2);
  assert.equal(guest.errno("poll_oneoff", at, 0, 1, 0), "EINVAL");
  guest.memory.writeU8(at + 8, 3);
  assert.equal(guest.errno("poll_oneoff", at, 0, 1, 0), "EINVAL");
});

Deno.test("a wait ends when the lease does", async () => {
  const guest = testGuest({ clock: new FirstClock(-1) });
  const at = subscribe(guest, [{ clock: 1, ns: 10n ** 15n }]);
  const waiting = guest.wait("poll_oneoff", at, guest.room(32), 1, guest.room(4));
  guest.controller.abort();
  assert.equal(await waiting, "ESUCCESS");
});

Deno.test("many clocks take one timer, and others have their turn while they are looked at", async () => {
  const clock = new TestClock();
  const guest = testGuest({ clock });
  let turns = 0;
  guest.turn = () => {
    turns += 1;
    return Promise.resolve();
  };
  const wanted = Array.from({ length: 1_000 }, (_, index): Wanted => (
    { clock: 1, ns: BigInt(1_000 - index) * 1_000_000n }
  ));
  assert.deepEqual(await poll(guest, wanted), ["999 clock ESUCCESS 0"]);
  assert.deepEqual(clock.sleeps, [1]);
  assert.equal(turns, 15);
});

Deno.test("many that wait for one stream all hear of it", async () => {
  let feed: ((bytes: Uint8Array) => void) | undefined;
  const guest = testGuest({ stdin: { read: () => new Promise((resolve) => feed = resolve) } });
  const wanted = Array.from({ length: 100 }, (): Wanted => ({ read: 0 }));
  const polled = poll(guest, wanted);
  feed?.(encodeUtf8("abc"));
  assert.deepEqual(await polled, wanted.map((_, index) => `${index} read ESUCCESS 3`));
});

const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** A guest whose clock lets everything else on the thread run while it sleeps, with a listener and a directory. */
function listening(stdin: ByteSource = sourceOf("")) {
  const clock = Object.assign(new TestClock(), { sleep: settle });
  const port = new TestListener();
  const fileSystem = memoryFileSystem({ bytesMax: 1e6, filesMax: 9, clock });
  const preopens = [{ guestPath: "/", fileSystem }];
  return { port, guest: testGuest({ clock, stdin, listeners: [port], preopens }) };
}

async function accept(guest: TestGuest, flags = 0): Promise<number> {
  const result = guest.room(4);
  await guest.doLater("sock_accept", top, flags, result);
  return guest.memory.readU32(result);
}

Deno.test("a listener is ready when somebody has connected, and a connection when it has bytes or its end", async () => {
  const { port, guest } = listening();
  const waiting = poll(guest, [{ read: top }]);
  await settle();
  const peer = port.connect();
  assert.deepEqual(await waiting, ["0 read ESUCCESS 1"]);
  const fd = await accept(guest);
  const reading = poll(guest, [{ read: fd }]);
  await settle();
  peer.send("abc");
  assert.deepEqual(await reading, ["0 read ESUCCESS 3"]);
  assert.deepEqual(await poll(guest, [{ read: fd }]), ["0 read ESUCCESS 3"], "nothing is taken");
  await guest.doLater("fd_read", fd, guest.buffers(9).pointer, 1, guest.room(4));
  peer.send("");
  assert.deepEqual(await poll(guest, [{ read: fd }]), ["0 read ESUCCESS 0 hangup"]);
});

Deno.test("a connection can be written while its peer takes what was sent, and once it has gone", async () => {
  const { port, guest } = listening();
  const peer = port.connect();
  const fd = await accept(guest, fdflags.nonblock);
  assert.deepEqual(await poll(guest, [{ write: fd }]), ["0 write ESUCCESS 65536"]);
  peer.stall();
  const [buffer, length] = guest.put("x");
  const list = guest.room(8);
  guest.memory.writeU32(list, buffer);
  guest.memory.writeU32(list + 4, length);
  await guest.doLater("sock_send", fd, list, 1, 0, guest.room(4));
  assert.deepEqual(await poll(guest, [{ write: fd }, { clock: 1, ns: 0n }]), [
    "1 clock ESUCCESS 0",
  ]);
  const writing = poll(guest, [{ write: fd }]);
  await settle();
  peer.goOn();
  assert.deepEqual(await writing, ["0 write ESUCCESS 65536"]);
  peer.stall();
  await guest.doLater("sock_send", fd, list, 1, 0, guest.room(4));
  peer.fail("ECONNRESET");
  await settle();
  assert.deepEqual(await poll(guest, [{ write: fd }]), ["0 write ESUCCESS 0 hangup"]);
});

Deno.test("clocks, input, sockets and files are polled together, and told in the order they were asked in", async () => {
  let feed: ((bytes: Uint8Array) => void) | undefined;
  const { port, guest: all } = listening({ read: () => new Promise((resolve) => feed = resolve) });
  const peer = port.connect();
  const fd = await accept(all);
  const file = all.open("f", { at: top + 1, flags: ["creat"] });
  const wanted: Wanted[] = [
    ...[{ read: fd }, { write: 99 }, { read: 0 }, { clock: 0, ns: 1n, from: "epoch" as const }],
    ...[{ write: fd }, { read: top }, { write: file }, { read: file }, { read: top + 1 }],
    ...[{ clock: 1, ns: 1n << 60n }, { write: top }],
  ];
  const always = [
    ...["1 write EBADF 0", "3 clock ESUCCESS 0", "4 write ESUCCESS 65536"],
    ...[
      "6 write ESUCCESS 1",
      "7 read ESUCCESS 0 hangup",
      "8 read EBADF 0",
      "10 write ENOTCAPABLE 0",
    ],
  ];
  assert.deepEqual(await poll(all, wanted), always);
  peer.send("abc");
  feed?.(encodeUtf8("in"));
  port.connect();
  await settle();
  const ready = ["0 read ESUCCESS 3", "2 read ESUCCESS 2", "5 read ESUCCESS 1"];
  const inOrder = [...always, ...ready].sort((left, right) => parseInt(left) - parseInt(right));
  assert.deepEqual(await poll(all, wanted), inOrder);
});

Deno.test("a descriptor without the right to be polled is an event with that error", async () => {
  const { port, guest } = listening();
  port.connect();
  const fd = await accept(guest);
  const base = rights.fdRead | rights.fdWrite;
  guest.do("fd_fdstat_set_rights", fd, BigInt(base), 0n);
  assert.deepEqual(await poll(guest, [{ read: fd }, { write: fd }]), [
    ...["0 read ENOTCAPABLE 0", "1 write ENOTCAPABLE 0"],
  ]);
});

Deno.test("a guest that asks again and again without waiting hears of what has come meanwhile", async () => {
  const { port, guest } = listening();
  setTimeout(() => port.connect(), 0);
  const wanted: Wanted[] = [{ read: top }, { clock: 1, ns: 0n }];
  let asked = 0;
  while ((await poll(guest, wanted)).length === 1) asked += 1;
  assert.ok(asked < 100);
});

Deno.test("a guest that is ended while it polls leaves no timer and no waiter", async () => {
  const port = new TestListener();
  const clock = new FirstClock(-1);
  let reads = 0;
  const stdin: ByteSource = {
    read: () => {
      reads += 1;
      return new Promise(() => {});
    },
  };
  const guest = testGuest({ clock, stdin, listeners: [port] });
  const wanted: Wanted[] = [{ clock: 0, ns: 1n << 50n }, { read: 0 }, { read: top }];
  const at = subscribe(guest, wanted);
  const waiting = guest.wait("poll_oneoff", at, guest.room(96), 3, guest.room(4));
  await settle();
  assert.equal(clock.asleep, 1);
  guest.controller.abort();
  assert.equal(await waiting, "ESUCCESS");
  guest.context.close();
  assert.deepEqual([clock.asleep, reads, port.accepts, port.isClosed], [0, 1, 1, true]);
});
