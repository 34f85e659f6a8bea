/** The admin API as verbs ask it: paths made of names, JSON that is checked before it is believed. */

import { SkerryError } from "@skerry/base";
import { type AnswerName, type AnswerOf, isName, readAnswer } from "@skerry/control";
import {
  connectNode,
  type NodeConnection,
  type NodeOptions,
  type Sent,
} from "./node_connection.ts";

/** A service by its tenant's name and its own. */
export interface ServiceName {
  readonly tenant: string;
  readonly service: string;
}

/** A path of the API: `` path`/v1/tenants/${name}` ``, each name as one segment. */
export function path(texts: TemplateStringsArray, ...names: readonly (string | number)[]): string {
  const [first = "", ...others] = texts;
  return others.reduce(
    (whole, text, index) => `${whole}${segment(names[index] ?? "")}${text}`,
    first,
  );
}

/** Where a service is. */
export function servicePath({ tenant, service }: ServiceName): string {
  return path`/v1/tenants/${tenant}/services/${service}`;
}

/** Asks a node, and reads its answers. */
export class AdminClient {
  readonly connection: NodeConnection;

  constructor(connection: NodeConnection) {
    this.connection = connection;
  }

  /** The client for what the command line and the environment name. */
  static async connect(options: NodeOptions): Promise<AdminClient> {
    return new AdminClient(await connectNode(options, (name) => Deno.env.get(name)));
  }

  /** Asks with a JSON body, or with none. */
  async ask<Name extends AnswerName>(
    name: Name,
    [method, path]: readonly [method: "GET" | "PUT" | "POST" | "DELETE", path: string],
    body?: unknown,
  ): Promise<AnswerOf<Name>> {
    const sent = body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    return await this.send(name, [method, path], sent);
  }

  /** Asks with whatever is sent. */
  async send<Name extends AnswerName>(
    name: Name,
    [method, path]: readonly [method: string, path: string],
    sent: Sent,
  ): Promise<AnswerOf<Name>> {
    const response = await this.connection.request(method, path, sent);
    const answer = readAnswer(name, await response.json().catch(() => undefined));
    if (answer.ok) return answer.value;
    const what = `what it answers is not understood: ${answer.error}`;
    throw new SkerryError("SKERRY_NODE_FAILED", what, {
      where: this.connection.url,
      remedy: "check that --node names a node, of the version of this command",
    });
  }

  /** Asks for what has no answer but that it is done. */
  async remove(path: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await (await this.connection.request("DELETE", path, { headers })).body?.cancel();
  }

  /** All pieces of a list that comes in pieces. */
  async pages<Name extends "services" | "tenants">(
    name: Name,
    path: string,
  ): Promise<AnswerOf<Name>[]> {
    const pieces: AnswerOf<Name>[] = [];
    for (let after: string | undefined = ""; after !== undefined;) {
      const query: string = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
      const piece: AnswerOf<Name> = await this.ask(name, ["GET", `${path}${query}`]);
      pieces.push(piece);
      after = piece.next;
    }
    return pieces;
  }

  /** The tenant that is told, or the token's own. */
  async tenant(told?: string): Promise<string> {
    const tenant = told ?? (await this.ask("whoAmI", ["GET", "/v1/whoami"])).tenant;
    if (tenant === undefined) {
      throw new SkerryError("SKERRY_USAGE", "an operator's token has no tenant of its own", {
        remedy: "say which tenant is meant: TENANT/NAME, or --tenant TENANT where there is that",
      });
    }
    if (isName(tenant)) return tenant;
    throw new SkerryError("SKERRY_USAGE", `"${tenant}" is no name of a tenant`, {
      remedy: "expected 1 to 63 of a-z, 0-9 and inner hyphens",
    });
  }

  /** `TENANT/NAME`, or `NAME` of the token's tenant. */
  async serviceName(text: string): Promise<ServiceName> {
    const [service = "", tenant, ...more] = text.split("/").reverse();
    if (isName(service) && more.length === 0) {
      return { tenant: await this.tenant(tenant), service };
    }
    throw new SkerryError("SKERRY_USAGE", `"${text}" is no name of a service`, {
      remedy: "expected TENANT/NAME such as shop/api, or NAME alone",
    });
  }
}

/** A name as a segment of a path. URLs take some texts for steps (WHATWG URL §4.1), whichever way they are written. */
function segment(name: string | number): string {
  const text = String(name);
  if (text !== "" && text !== "." && text !== "..") return encodeURIComponent(text);
  throw new SkerryError("SKERRY_USAGE", `"${text}" cannot be named in a URL`, {
    remedy: "choose another name",
  });
}
