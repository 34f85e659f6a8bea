// Response of the Fetch standard.

import { Body, extractBody } from "./body.js";
import { Headers } from "./headers.js";
import { URL } from "./url.js";

const bodilessStatuses = [204, 205, 304];

export class Response extends Body {
  #status;
  #statusText;
  #headers;

  constructor(body = null, { status = 200, statusText = "", headers } = {}) {
    const { content, type } = extractBody(body);
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`a response's status is from 200 to 599, not ${status}`);
    }
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(statusText)) {
      throw new TypeError("the status text has a forbidden character");
    }
    if (content !== null && bodilessStatuses.includes(status)) {
      throw new TypeError(`a response with status ${status} has no body`);
    }
    super(content);
    this.#status = status;
    this.#statusText = String(statusText);
    this.#headers = new Headers(headers);
    if (type !== null && !this.#headers.has("content-type")) {
      this.#headers.set("content-type", type);
    }
  }

  static json(data, init = {}) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("the value cannot be written as JSON");
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Response(text, { ...init, headers });
  }

  /** Beside absolute URLs, a path is taken too: RFC 9110, section 10.2.2 allows a relative Location. */
  static redirect(url, status = 302) {
    if (![301, 302, 303, 307, 308].includes(status)) {
      throw new RangeError(`${status} is not a redirect's status`);
    }
    const location = URL.canParse(url) ? new URL(url).href : encodeURI(String(url));
    return new Response(null, { status, headers: { location } });
  }

  get status() {
    return this.#status;
  }

  get statusText() {
    return this.#statusText;
  }

  get ok() {
    return this.#status >= 200 && this.#status <= 299;
  }

  get headers() {
    return this.#headers;
  }

  clone() {
    const { status, statusText, headers } = this;
    return new Response(this.shareContent(), { status, statusText, headers });
  }
}
