/** An origin that answers as the cases say that run at the moment: raw, so that anything may be told. */

import { type Field, fieldValue } from "@skerry/http";
import type { OriginAnswer, OriginRequest } from "../../packages/cache/testing/simulation.ts";
import { RawReader, writeRaw, writeText } from "./raw_message.ts";

/** The field by which a request names its case. */
export const caseField = "x-case";

/** What the origin does for one case. */
export interface OriginCase {
  /** What it answers now; raw bytes are followed by the end of the connection. */
  answer: OriginAnswer | { readonly raw: string | (() => Promise<string>) };
  /** What it was asked since that was set. */
  asked: OriginRequest[];
}

/** An origin on a port of its own. */
export class ScriptedOrigin {
  /** By the names that their requests have. */
  readonly cases = new Map<string, OriginCase>();
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving: Promise<void>;
  readonly #open = new Set<Deno.TcpConn>();

  constructor() {
    this.#serving = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  async close(): Promise<void> {
    this.#listener.close();
    for (const socket of this.#open) end(socket);
    await this.#serving;
  }

  async #accept(): Promise<void> {
    const connections: Promise<void>[] = [];
    for await (const socket of this.#listener) {
      this.#open.add(socket);
      connections.push(
        this.#serve(socket).catch(() => {}).finally(() => {
          end(socket);
          this.#open.delete(socket);
        }),
      );
    }
    await Promise.all(connections);
  }

  async #serve(socket: Deno.TcpConn): Promise<void> {
    const reader = new RawReader(socket);
    for (;;) {
      const head = await reader.head();
      if (head === undefined) return;
      const { fields } = head;
      const length = Number(fieldValue(fields, "content-length") ?? 0);
      if (fieldValue(fields, "transfer-encoding") !== undefined) await reader.chunks();
      else await reader.bytes(length);
      const [method = "", target = ""] = head.start.split(" ");
      const found = this.cases.get(fieldValue(fields, caseField) ?? "");
      found?.asked.push({ method, target, fields });
      const answer = found?.answer ?? { status: 500, fields: [], body: "no such case" };
      if (answer === "down") return;
      if ("raw" in answer) {
        const { raw } = answer;
        return await writeText(socket, typeof raw === "string" ? raw : await raw());
      }
      if (!await this.#answer(socket, answer, method)) return;
    }
  }

  /** Whether the connection may be used again. */
  async #answer(
    socket: Deno.TcpConn,
    { status, fields, body }: Exclude<OriginAnswer, "down">,
    method: string,
  ): Promise<boolean> {
    const isBodiless = status === 304 || status === 204 || method === "HEAD";
    const told = fieldValue(fields, "content-length");
    const length: Field[] = isBodiless || told !== undefined
      ? []
      : [["content-length", String(body.length)]];
    const start = `HTTP/1.1 ${status} Scripted`;
    await writeRaw(socket, start, [...fields, ...length], isBodiless ? "" : body);
    return isBodiless || told === undefined || Number(told) === body.length;
  }
}

function end(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // It has ended.
  }
}
