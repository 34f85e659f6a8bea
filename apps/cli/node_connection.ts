/** A node's admin API as verbs reach it: where it is, and by which token. */

import { SkerryError } from "@skerry/base";
import type { Command } from "commander";
import { NodeRefusal } from "./node_refusal.ts";
import { nodeToken } from "./node_token.ts";

/** What the command line says of the node. */
export interface NodeOptions {
  readonly node?: string;
  readonly tokenFile?: string;
}

/** Where a node's admin API is unless it is told. */
const defaultUrl = "http://127.0.0.1:7677";

/** Whether a URL leads to this machine, and no other hears what is sent. */
export function isThisMachine(url: string): boolean {
  return /^(localhost|127\.[\d.]+|\[::1\])$/.test(new URL(url).hostname);
}

/** Gives a verb the options by which it finds its node. */
export function withNodeOptions(command: Command): Command {
  return command
    .option("--node <URL>", `the node's admin API (SKERRY_NODE, else ${defaultUrl})`)
    .option(
      "--token-file <PATH>",
      "a file that holds the token (else SKERRY_TOKEN, else ~/.config/skerry/token)",
    );
}

/** What is sent with a request. */
export interface Sent {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyInit;
  readonly signal?: AbortSignal;
}

/** Asks a node. */
export class NodeConnection {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  /**
   * Gets a resource.
   *
   * @throws NodeRefusal where the answer is none of success; SkerryError where there is none
   */
  async get(path: string, signal?: AbortSignal): Promise<Response> {
    return await this.request("GET", path, { ...(signal !== undefined && { signal }) });
  }

  /**
   * Asks for something to be done.
   *
   * @throws NodeRefusal where the answer is none of success; SkerryError where there is none
   */
  async request(method: string, path: string, sent: Sent = {}): Promise<Response> {
    const response = await this.#fetch(method, path, sent);
    if (response.ok) return response;
    throw await NodeRefusal.from(this.url, response);
  }

  async #fetch(method: string, path: string, { headers, body, signal }: Sent): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        method,
        headers: { ...headers, authorization: `Bearer ${this.#token}` },
        // The token is for this node and no other.
        redirect: "manual",
        ...(body !== undefined && { body }),
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      const options = { where: this.url, remedy: "check that the node runs and --node names it" };
      throw new SkerryError("SKERRY_NODE_FAILED", `no node answers there${reason(cause)}`, {
        ...options,
        cause,
      });
    }
  }
}

/** The node that the options and the environment name. Nothing is sent yet. */
export async function connectNode(
  { node, tokenFile }: NodeOptions,
  environment: (name: string) => string | undefined,
): Promise<NodeConnection> {
  const url = nodeUrl(node ?? (environment("SKERRY_NODE") || defaultUrl));
  bypassProxies(url);
  const token = await nodeToken(tokenFile, environment);
  return new NodeConnection(url, token);
}

/** What goes to this machine goes through no other: a proxy would see the token (`http_proxy` names one to fetch). */
function bypassProxies(url: string): void {
  if (!isThisMachine(url)) return;
  for (const name of ["NO_PROXY", "no_proxy"]) Deno.env.set(name, "localhost,127.0.0.0/8,::1");
}

/** A URL without anything after its host. In the clear a token goes nowhere but to this machine. */
function nodeUrl(text: string): string {
  const url = URL.parse(text);
  const isBare = url !== null && /^https?:$/.test(url.protocol) && url.pathname === "/" &&
    `${url.search}${url.hash}${url.username}${url.password}` === "";
  if (!isBare) {
    throw new SkerryError("SKERRY_USAGE", `"${text}" is no URL of a node`, {
      remedy: `expected one such as ${defaultUrl}`,
    });
  }
  if (url.protocol === "http:" && !isThisMachine(url.href)) {
    throw new SkerryError("SKERRY_USAGE", "a token is not sent over http to another machine", {
      where: url.origin,
      remedy: "use https, or a tunnel to the node's own loopback address",
    });
  }
  return url.origin;
}

/** Why nothing answered, where that is to be told: a certificate that is no good, say. */
function reason(cause: unknown): string {
  const inner = cause instanceof Error ? cause.cause ?? cause : cause;
  const text = inner instanceof Error ? inner.message : "";
  const [found] = /invalid peer certificate[^()]*|connection refused|dns error/i.exec(text) ?? [];
  return found === undefined ? "" : `: ${found.trim()}`;
}
