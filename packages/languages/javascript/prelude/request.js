// Request of the Fetch standard, as far as a server needs it.

import { Body, extractBody } from "./body.js";
import { Headers } from "./headers.js";
import { URL } from "./url.js";

const standardMethods = /^(?:delete|get|head|options|post|put)$/i;

export class Request extends Body {
  #method;
  #url;
  #headers;

  constructor(input, init = {}) {
    const source = input instanceof Request ? input : undefined;
    const method = methodOf(init.method ?? source?.method ?? "GET");
    const given = init.body !== undefined && init.body !== null;
    const { content, type } = given ? extractBody(init.body) : { content: null, type: null };
    if (given && (method === "GET" || method === "HEAD")) {
      throw new TypeError(`a ${method} request has no body`);
    }
    super(given ? content : init[lazyBody] ?? source?.takeContent() ?? null);
    this.#method = method;
    this.#url = source?.url ?? new URL(input).href;
    this.#headers = new Headers(init.headers ?? source?.headers);
    if (type !== null && !this.#headers.has("content-type")) {
      this.#headers.set("content-type", type);
    }
  }

  get method() {
    return this.#method;
  }

  get url() {
    return this.#url;
  }

  get headers() {
    return this.#headers;
  }

  clone() {
    const { method, headers } = this;
    const content = this.shareContent();
    return new Request(this.url, { method, headers, [lazyBody]: () => content });
  }
}

/** How cgi.js hands over a body that is read from stdin when it is asked for. */
export const lazyBody = Symbol("a function that gives the body");

function methodOf(value) {
  const text = String(value);
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)) {
    throw new TypeError(`"${text}" is not a method`);
  }
  return standardMethods.test(text) ? text.toUpperCase() : text;
}
