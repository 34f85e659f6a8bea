/** An origin for storms: what it says of a path tells its version in each byte, and it is slow, breaks off and fails by chance. */

import { type Field, fieldValue, parseRange, satisfy } from "@skerry/http";
import { RawReader, writeRaw } from "./raw_message.ts";

/** How large the representations of paths are, in all versions: in memory, in several pieces, on the disk. */
const sizes = [10, 1_000, 70_000, 300_000];

const lifetimes = [
  "max-age=60",
  "max-age=1, stale-while-revalidate=60",
  "max-age=0, stale-if-error=60",
  "no-cache",
  "private, max-age=60",
  "s-maxage=60",
];

/** What a version of a path is, for a client that says this in `Foo`. */
export function representation(path: string, version: number, foo: string): string {
  const text = `${path} version ${version} for ${foo}|`;
  const size = sizes[path.length % sizes.length] ?? 10;
  return text.repeat(Math.ceil(size / text.length)).slice(0, size);
}

/** See the head of this file. */
export class StormOrigin {
  /** The current versions. */
  readonly versions = new Map<string, number>();
  answers = 0;
  readonly #random: () => number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();

  constructor(random: () => number) {
    this.#random = random;
    void this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  version(path: string): number {
    return this.versions.get(path) ?? 0;
  }

  /** Changes what a path is, and gives its new version. */
  change(path: string): number {
    const next = this.version(path) + 1;
    this.versions.set(path, next);
    return next;
  }

  close(): void {
    this.#listener.close();
    for (const socket of this.#open) end(socket);
  }

  async #accept(): Promise<void> {
    for await (const socket of this.#listener) {
      this.#open.add(socket);
      void this.#serve(socket).catch(() => {}).finally(() => {
        end(socket);
        this.#open.delete(socket);
      });
    }
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    const reader = new RawReader(socket);
    for (;;) {
      const head = await reader.head();
      if (head === undefined) return;
      await reader.bytes(Number(fieldValue(head.fields, "content-length") ?? 0));
      const [method = "", path = ""] = head.start.split(" ");
      this.answers += 1;
      if (method === "POST") {
        this.change(path);
        await writeRaw(socket, "HTTP/1.1 204 Changed", [], "");
      } else if (!await this.#answer(socket, method, path, head.fields)) return;
    }
  }

  /** As of when the request came. Gives whether the connection stays. */
  async #answer(
    socket: Deno.TcpConn,
    method: string,
    path: string,
    asked: readonly Field[],
  ): Promise<boolean> {
    const version = this.version(path);
    const foo = fieldValue(asked, "foo") ?? "none";
    const whole = representation(path, version, foo);
    const etag = `"${path}-${version}-${foo}"`;
    const fields: Field[] = [
      ["cache-control", lifetimes[Math.floor(this.#random() * lifetimes.length)] ?? ""],
      ["vary", "foo"],
      ["surrogate-key", `key${path.slice(1)}`],
      ["etag", etag],
      ["x-version", String(version)],
    ];
    await this.#wait();
    const chance = this.#random();
    if (chance < 0.02) {
      await writeRaw(socket, "HTTP/1.1 503 Busy", [["content-length", "0"]], "");
      return true;
    }
    if (fieldValue(asked, "if-none-match") === etag) {
      await writeRaw(socket, "HTTP/1.1 304 Same", fields, "");
      return true;
    }
    const found = satisfy(parseRange(fieldValue(asked, "range") ?? ""), whole.length);
    const [range] = found.kind === "ranges" && method === "GET" ? found.ranges : [];
    const body = range === undefined ? whole : whole.slice(range.first, range.last + 1);
    fields.push(["content-length", String(body.length)]);
    if (range !== undefined) {
      fields.push(["content-range", `bytes ${range.first}-${range.last}/${whole.length}`]);
    }
    const start = range === undefined ? "HTTP/1.1 200 OK" : "HTTP/1.1 206 Part";
    const half = Math.floor(body.length / 2);
    await writeRaw(socket, start, fields, method === "HEAD" ? "" : body.slice(0, half));
    if (method === "HEAD") return true;
    await this.#wait();
    // Some are cut off in the middle.
    if (chance > 0.97) return false;
    const rest = new TextEncoder().encode(body.slice(half));
    for (let at = 0; at < rest.length;) at += await socket.write(rest.subarray(at));
    return true;
  }

  #wait(): Promise<void> {
    const ms = this.#random() < 0.5 ? 0 : Math.floor(this.#random() * 30);
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

function end(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It has ended.
  }
}
