import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { encodeUtf8, errnoNames } from "@skerry/base";
import { systemClock, systemRandom } from "@skerry/platform";
import { bind } from "@skerry/sandbox";
import { createWasiContext, type WasiContext, wasiPreview1 } from "@skerry/wasi";
import { subrequestLimits } from "./limits.ts";
import { SubrequestAccess, type SubrequestAccessOptions } from "./subrequest_access.ts";
import { subrequestErrors } from "./subrequest_failure.ts";
import { subrequestInterface } from "./subrequest_interface.ts";
import { type SubrequestFailure } from "./subrequests_port.ts";
import { type Received, TestBackends } from "./testing/backends.ts";
import { type Slice, TestGuest } from "./testing/guest.ts";

/** A guest that speaks to backends as a C program would. */
class AskingGuest extends TestGuest {
  readonly context: WasiContext;
  readonly #result = this.room(8)[0];

  constructor(
    subrequests: SubrequestAccessOptions["subrequests"],
    host: SubrequestAccessOptions["host"] = "backend",
    descriptorsMax = 64,
  ) {
    const limits = { descriptorsMax };
    const context = createWasiContext({ clock: systemClock, random: systemRandom, limits });
    const access = new SubrequestAccess({ subrequests, context, host });
    super(bind(subrequestInterface, access), bind(wasiPreview1, context));
    this.context = context;
  }

  async errno(name: string, ...args: (number | bigint | Slice)[]): Promise<string> {
    return errnoNames[await this.call(name, ...args)] ?? "unknown";
  }

  /** A request's descriptor, or why there is none. */
  async request(head: string, backend = "api"): Promise<number | string> {
    const [name, text] = [this.put(backend), this.put(bytesOf(head))];
    const errno = await this.errno("request", name, text, this.#result);
    return errno === "ESUCCESS" ? this.memory.readU32(this.#result) : errno;
  }

  async opened(head: string): Promise<number> {
    const fd = await this.request(head);
    return typeof fd === "number" ? fd : Promise.reject(new Error(fd));
  }

  /** What one read gives, or the error. */
  async read(fd: number, size = 65_536): Promise<string> {
    const buffer = this.room(size);
    const errno = await this.errno("fd_read", fd, this.#list(buffer), 1, this.#result);
    if (errno !== "ESUCCESS") return errno;
    const bytes = this.memory.copy(buffer[0], this.memory.readU32(this.#result));
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  }

  /** Everything up to the end, or to an error, which stands behind it. */
  async readAll(fd: number): Promise<string> {
    let all = "";
    for (;;) {
      const piece = await this.read(fd);
      all += piece;
      if (piece === "" || (errnoNames as readonly string[]).includes(piece)) return all;
    }
  }

  async write(fd: number, text: string, name = "fd_write"): Promise<string | number> {
    const list = this.#list(this.put(text));
    const args = name === "fd_write" ? [list, 1] : [list, 1, 0];
    const errno = await this.errno(name, fd, ...args, this.#result);
    return errno === "ESUCCESS" ? this.memory.readU32(this.#result) : errno;
  }

  #list([pointer, length]: Slice): number {
    const [list] = this.room(8);
    this.memory.writeU32(list, pointer);
    this.memory.writeU32(list + 4, length);
    return list;
  }
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const get = "GET / HTTP/1.1\r\n\r\n";
const post = "POST / HTTP/1.1\r\n\r\n";

/** A backend that answers at once with what it was asked. */
const echo = (received: Received) => {
  const { method, target } = received.request;
  const answer = (body: string) => received.answer({ body: encodeUtf8(body) });
  received.body().then((body) => answer(`${method} ${target} ${body}`), () => {});
};

/** Lets what was begun go on as far as it can. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("a guest asks a backend, and reads the response as it would from a connection", async () => {
  const backends = new TestBackends(["api"], (received) =>
    received.answer({
      status: 404,
      fields: [["Content-Type", "text/plain"], ["set-cookie", "a=1"], ["Set-Cookie", "b=2"]],
      body: encodeUtf8("not here"),
    }));
  const guest = new AskingGuest(backends);
  const fd = await guest.opened(
    "GET /a/b?c=%20d HTTP/1.1\r\nHost: x.example\r\nAccept:  text/plain \r\nX-B:\r\n\r\n",
  );
  equal(
    await guest.readAll(fd),
    "HTTP/1.1 404 \r\ncontent-type: text/plain\r\nset-cookie: a=1\r\nset-cookie: b=2\r\n\r\nnot here",
  );
  equal(await guest.read(fd), "");
  equal(await guest.errno("fd_close", fd), "ESUCCESS");
  const [{ backend, request } = {}] = backends.received;
  equal(backend, "api");
  deepEqual(request, {
    method: "GET",
    target: "/a/b?c=%20d",
    fields: [["accept", "text/plain"], ["x-b", ""]],
    body: undefined,
    bodyBytes: undefined,
  });
});

Deno.test("what a guest writes is the body, which ends when it says so, or when it reads", async () => {
  const guest = new AskingGuest(new TestBackends(["api"], echo));
  const shut = await guest.opened(post);
  equal(await guest.write(shut, "one "), 4);
  equal(await guest.write(shut, "two", "sock_send"), 3);
  equal(await guest.errno("sock_shutdown", shut, 2), "ESUCCESS");
  equal(await guest.write(shut, "three"), "EPIPE");
  equal(await guest.readAll(shut), "HTTP/1.1 200 \r\n\r\nPOST / one two");
  const read = await guest.opened("PUT /x HTTP/1.1\r\n\r\n");
  equal(await guest.write(read, "body"), 4);
  equal(await guest.readAll(read), "HTTP/1.1 200 \r\n\r\nPUT /x body");
  equal(await guest.write(read, "more"), "EPIPE");
  const nothing = await guest.opened(post);
  equal(await guest.readAll(nothing), "HTTP/1.1 200 \r\n\r\nPOST / ");
});

Deno.test("a body whose length is announced has that length, and the guest may read before its end", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const fd = await guest.opened("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n");
  const [received] = backends.received;
  ok(received);
  equal(received.request.bodyBytes, 6);
  equal(await guest.write(fd, "abc"), 3);
  received.answer({ body: encodeUtf8("early") });
  equal(await guest.readAll(fd), "HTTP/1.1 200 \r\n\r\nearly");
  equal(await guest.write(fd, "defg"), "EPIPE");
  equal(await guest.write(fd, "def"), 3);
  equal(await guest.write(fd, "g"), "EPIPE");
  equal(await received.body(), "abcdef");
});

Deno.test("a body that is given up in the middle is not told as a whole one", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const short = await guest.opened("POST / HTTP/1.1\r\ncontent-length: 6\r\n\r\n");
  await guest.write(short, "abc");
  equal(await guest.errno("sock_shutdown", short, 2), "ESUCCESS");
  equal(await guest.read(short), "ECONNABORTED");
  const closed = await guest.opened(post);
  await guest.write(closed, "abc");
  await guest.errno("fd_close", closed);
  for (const received of backends.received) {
    equal(received.signal.aborted, true);
    await rejects(received.body());
  }
});

Deno.test("methods that have no body are sent at once, so that many wait at the same time", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const fds = [await guest.opened(get), await guest.opened(get), await guest.opened(get)];
  equal(backends.received.length, 3);
  for (const [index, received] of backends.received.entries()) {
    equal(received.request.body, undefined);
    received.answer({ body: encodeUtf8(String(index)) });
  }
  const responses = await Promise.all(fds.map((fd) => guest.readAll(fd)));
  deepEqual(responses.map((text) => text.at(-1)), ["0", "1", "2"]);
  equal(await guest.write(fds[0] ?? 0, "x"), "EPIPE");
});

Deno.test("a response comes in the pieces that it is made of, and a guest can wait for any of several", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const [slow, quick] = [await guest.opened(get), await guest.opened(get)];
  // Two subscriptions to readiness for reading, told apart by their user data.
  const [subscriptions] = guest.room(96);
  const [events] = guest.room(64);
  const [count] = guest.room(4);
  for (const [index, fd] of [slow, quick].entries()) {
    guest.memory.writeU64(subscriptions + 48 * index, BigInt(fd));
    guest.memory.writeU8(subscriptions + 48 * index + 8, 1);
    guest.memory.writeU32(subscriptions + 48 * index + 16, fd);
  }
  const polled = guest.errno("poll_oneoff", subscriptions, events, 2, count);
  const body = async function* () {
    yield encodeUtf8("a");
    await settled();
    yield encodeUtf8("b");
  };
  backends.received[1]?.answer({ body: body() });
  equal(await polled, "ESUCCESS");
  equal(guest.memory.readU32(count), 1);
  equal(guest.memory.readU64(events), BigInt(quick));
  equal(await guest.readAll(quick), "HTTP/1.1 200 \r\n\r\nab");
});

Deno.test("a backend that does not answer is an error of the connection, as often as it is read", async () => {
  for (const [why, errno] of Object.entries(subrequestErrors)) {
    const fails = (received: Received) => received.fail(why as SubrequestFailure);
    const guest = new AskingGuest(new TestBackends(["api"], fails));
    const fd = await guest.opened(get);
    deepEqual([await guest.read(fd), await guest.read(fd)], [errno, errno]);
    const posted = await guest.opened(post);
    equal(await guest.write(posted, "x"), 1);
    await settled();
    equal(await guest.write(posted, "x"), "EPIPE");
    equal(await guest.read(posted), errno);
  }
});

Deno.test("a response that breaks off is an error, after what had come", async () => {
  const body = async function* () {
    yield encodeUtf8("half");
    throw new Error("gone");
  };
  const guest = new AskingGuest(new TestBackends(["api"], (one) => one.answer({ body: body() })));
  equal(await guest.readAll(await guest.opened(get)), "HTTP/1.1 200 \r\n\r\nhalfECONNRESET");
});

Deno.test("what a backend says cannot become another line, and belongs to no connection", async () => {
  const answers = [
    { fields: [["x-a", "1\r\nx-b: 2"]] },
    { fields: [["x-a", "1\0"]] },
    { fields: [["x a", "1"]] },
    { fields: [["", "1"]] },
    { status: 101 },
    { status: 100 },
    { status: 20.5 },
    { status: 1000 },
  ] as const;
  for (const answer of answers) {
    const guest = new AskingGuest(new TestBackends(["api"], (one) => one.answer(answer)));
    equal(await guest.read(await guest.opened(get)), "EPROTO");
  }
  const fields = [
    ["Connection", "close, X-Hop"],
    ["x-hop", "1"],
    ["Transfer-Encoding", "chunked"],
    ["Keep-Alive", "timeout=5"],
    ["Content-Length", "0"],
  ] as const;
  const guest = new AskingGuest(new TestBackends(["api"], (one) => one.answer({ fields })));
  equal(await guest.readAll(await guest.opened(get)), "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n");
});

Deno.test("a backend that is not the service's is no backend", async () => {
  const guest = new AskingGuest(new TestBackends(["api"]));
  for (const name of ["", "API", "api\0", "other", "http://127.0.0.1/", "x".repeat(64)]) {
    equal(await guest.request(get, name), "ENOENT");
  }
});

Deno.test("which Host is sent is the backend's settings' to say, unless guests may", async () => {
  const head = "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n";
  const backends = new TestBackends(["api"]);
  await new AskingGuest(backends).opened(head);
  await new AskingGuest(backends, "guest").opened(head);
  deepEqual(backends.received.map(({ request }) => request.fields), [
    [],
    [["host", "a.example:8080"]],
  ]);
});

Deno.test("one request asks so often, so much, and so many at once", async () => {
  const { concurrentMax, subrequestsMax, sentBytesMax, receivedBytesMax } = subrequestLimits;
  const guest = new AskingGuest(new TestBackends(["api"]));
  const fds: number[] = [];
  for (let open = 0; open < concurrentMax; open += 1) fds.push(await guest.opened(get));
  equal(await guest.request(get), "EAGAIN");
  for (let more = concurrentMax; more < subrequestsMax; more += 1) {
    await guest.errno("fd_close", fds.pop() ?? 0);
    fds.push(await guest.opened(get));
  }
  await guest.errno("fd_close", fds.pop() ?? 0);
  equal(await guest.request(get), "EDQUOT");

  const mib = new Uint8Array(1024 * 1024);
  const body = async function* () {
    for (let sent = 0; sent <= receivedBytesMax; sent += mib.length) yield mib;
  };
  const reader = new AskingGuest(new TestBackends(["api"], (one) => one.answer({ body: body() })));
  const reading = await reader.opened(get);
  const [buffer, list] = [reader.room(65_536), reader.room(8)[0]];
  const result = reader.room(4)[0];
  reader.memory.writeU32(list, buffer[0]);
  reader.memory.writeU32(list + 4, buffer[1]);
  let bytes = 0;
  let errno = "ESUCCESS";
  while (errno === "ESUCCESS") {
    errno = await reader.errno("fd_read", reading, list, 1, result);
    if (errno === "ESUCCESS") bytes += reader.memory.readU32(result);
  }
  equal(errno, "EDQUOT");
  ok(bytes <= receivedBytesMax && bytes > receivedBytesMax - 2 * mib.length);

  const writer = new AskingGuest(
    new TestBackends(["api"], (one) => void one.body().catch(() => {})),
  );
  const writing = await writer.opened(post);
  let written = 0;
  for (errno = "ESUCCESS"; errno === "ESUCCESS";) {
    reader.memory.writeU32(result, 0);
    const [text, places] = [writer.put(""), writer.room(8)[0]];
    writer.memory.writeU32(places, text[0]);
    writer.memory.writeU32(places + 4, 65_536);
    errno = await writer.errno("fd_write", writing, places, 1, writer.room(4)[0]);
    if (errno === "ESUCCESS") written += 65_536;
  }
  deepEqual([errno, written], ["EDQUOT", sentBytesMax]);
});

Deno.test("a guest without a free descriptor asks nothing", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends, "backend", 3);
  equal(await guest.request(get), "EMFILE");
  equal(backends.received.length, 0);
});

Deno.test("memory that is not there is EFAULT, and nothing is asked", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const [name, head] = [guest.put("api"), guest.put(get)];
  const beyond: Slice = [guest.memory.byteLength - 2, 3];
  equal(await guest.errno("request", beyond, head, 8), "EFAULT");
  equal(await guest.errno("request", name, beyond, 8), "EFAULT");
  equal(await guest.errno("request", name, head, guest.memory.byteLength - 3), "EFAULT");
  equal(backends.received.length, 0);
});

Deno.test("when a guest ends, what it has asked ends", async () => {
  const backends = new TestBackends(["api"]);
  const guest = new AskingGuest(backends);
  const [waiting, answered] = [await guest.opened(get), await guest.opened(get)];
  let returned = 0;
  const body = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<IteratorResult<Uint8Array>>(() => {}),
      return: () => {
        returned += 1;
        return Promise.resolve({ done: true, value: undefined } as const);
      },
    }),
  };
  backends.received[1]?.answer({ body });
  equal(await guest.read(answered), "HTTP/1.1 200 \r\n\r\n");
  const reading = guest.read(waiting);
  guest.controller.abort();
  guest.context.close();
  await settled();
  deepEqual(backends.received.map(({ signal }) => signal.aborted), [true, true]);
  equal(returned, 1);
  equal(await reading, "");
});

/** `struct skerry_http_caching` in a guest's memory. */
function caching(guest: AskingGuest, flags: number, ttl: bigint, stale: bigint, keys: string) {
  const { memory } = guest;
  const [at] = guest.room(32);
  const [pointer, length] = guest.put(keys);
  memory.writeU32(at, flags);
  memory.writeU32(at + 4, 0);
  memory.writeU64(at + 8, ttl);
  memory.writeU64(at + 16, stale);
  memory.writeU32(at + 24, pointer);
  memory.writeU32(at + 28, length);
  return at;
}

Deno.test("a guest says what it wants of the cache, and what is not told is not wanted", async () => {
  const backends = new TestBackends(["api"], (received) => received.answer({}));
  const guest = new AskingGuest(backends);
  const begin = (options: number) => {
    const [name, head, result] = [guest.put("api"), guest.put(get), guest.room(4)[0]];
    return guest.errno("request_with", name, head, options, result);
  };
  const wanted = async (options: number) => {
    equal(await begin(options), "ESUCCESS");
    return backends.received.at(-1)?.request.caching;
  };
  equal(await wanted(0), undefined);
  deepEqual(await wanted(caching(guest, 0, 5n, 6n, "")), { passes: false, surrogateKeys: [] });
  deepEqual(await wanted(caching(guest, 6, 5n, 6n, "a b  a")), {
    passes: false,
    lifetimeMs: 5,
    staleWhileRevalidateMs: 6,
    surrogateKeys: ["a", "b"],
  });
  deepEqual(await wanted(caching(guest, 1, 0n, 0n, "")), { passes: true, surrogateKeys: [] });
  equal(await begin(caching(guest, 8, 0n, 0n, "")), "EINVAL");
  equal(await begin(caching(guest, 2, 2n ** 63n, 0n, "")), "EINVAL");
  equal(await begin(caching(guest, 0, 0n, 0n, "\n")), "EINVAL");
  equal(await begin(guest.memory.byteLength - 31), "EFAULT");
});
