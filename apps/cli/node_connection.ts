/** A node's admin API as verbs reach it: where it is, and by which token. */

import { SkerryError } from "@skerry/base";
import { readText } from "@skerry/platform";
import type { Command } from "commander";

/** What the command line says of the node. */
export interface NodeOptions {
  readonly node?: string;
  readonly tokenFile?: string;
}

/** Where a node's admin API is unless it is told. */
const defaultUrl = "http://127.0.0.1:7677";

/** The longest file of a token, and what is read of an answer that is a refusal. */
const tokenFileBytesMax = 4096;
const refusalBytesMax = 64 * 1024;

/** Gives a verb the options by which it finds its node. */
export function withNodeOptions(command: Command): Command {
  return command
    .option("--node <URL>", `the node's admin API (SKERRY_NODE, else ${defaultUrl})`)
    .option("--token-file <PATH>", "a file that holds the token (else SKERRY_TOKEN)");
}

/** A node that answered, but not as it was hoped. */
export class NodeRefusal extends SkerryError {
  readonly status: number;

  constructor(url: string, status: number, why: string) {
    const remedy = status === 401 || status === 403
      ? "hand over a token that is valid and allows this, by --token-file or SKERRY_TOKEN"
      : undefined;
    super("SKERRY_NODE_FAILED", `the node answers ${status}: ${why}`, {
      where: url,
      ...(remedy !== undefined && { remedy }),
    });
    this.status = status;
  }
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
    const response = await this.#fetch(path, signal);
    if (response.ok) return response;
    const why = reasonOf(await beginningOf(response));
    throw new NodeRefusal(this.url, response.status, why);
  }

  async #fetch(path: string, signal: AbortSignal | undefined): Promise<Response> {
    try {
      return await fetch(`${this.url}${path}`, {
        headers: { authorization: `Bearer ${this.#token}` },
        // The token is for this node and no other.
        redirect: "manual",
        ...(signal !== undefined && { signal }),
      });
    } catch (cause) {
      const options = { where: this.url, remedy: "check that the node runs and --node names it" };
      throw new SkerryError("SKERRY_NODE_FAILED", "the node cannot be reached", {
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
  const token = tokenFile === undefined
    ? environment("SKERRY_TOKEN") ?? ""
    : await readText(tokenFile, tokenFileBytesMax);
  if (!/^[!-~]+$/.test(token.trim())) {
    throw new SkerryError("SKERRY_USAGE", "there is no token to ask the node with", {
      remedy: "hand one over by --token-file or in SKERRY_TOKEN",
    });
  }
  return new NodeConnection(url, token.trim());
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
  if (url.protocol === "http:" && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)) {
    throw new SkerryError("SKERRY_USAGE", "a token is not sent over http to another machine", {
      where: url.origin,
      remedy: "use https, or a tunnel to the node's own loopback address",
    });
  }
  return url.origin;
}

/** What a refusal says of itself (RFC 9457), whatever it is. */
function reasonOf(text: string): string {
  try {
    const { detail, title } = JSON.parse(text);
    if (typeof detail === "string") return detail;
    if (typeof title === "string") return title;
  } catch {
    // It is not the admin API that answers here.
  }
  return "it does not say why";
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > refusalBytesMax) break;
  }
  return text;
}
