/** A connection of a client that speaks HTTP/1.1 and takes nothing but whole answers with a length. */

/** One request. */
export interface ClientRequest {
  readonly host: string;
  readonly path: string;
  readonly keepsAlive: boolean;
  /** How long its answer may take, in milliseconds. */
  readonly answerMsMax: number;
}

/** What came of it. */
export interface ClientAnswer {
  readonly status: number;
  readonly body: string;
  /** Whether the connection ends with it. */
  readonly isLast: boolean;
}

const [encoder, decoder] = [new TextEncoder(), new TextDecoder("latin1")];

/** A connection. */
export class ClientConnection {
  readonly localPort: number;
  readonly #socket: Deno.TcpConn;
  readonly #buffer = new Uint8Array(64 * 1024);
  #pending = "";
  #lateAtMs = Infinity;
  #isLate = false;

  private constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.localPort = socket.localAddr.port;
  }

  static async open(port: number): Promise<ClientConnection> {
    return new ClientConnection(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  /** Asks. Rejects where there is no whole answer. */
  async ask({ host, path, keepsAlive, answerMsMax }: ClientRequest): Promise<ClientAnswer> {
    this.#lateAtMs = performance.now() + answerMsMax;
    try {
      const close = keepsAlive ? "" : "Connection: close\r\n";
      const head = `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${close}\r\n`;
      await this.#write(encoder.encode(head));
      return await this.#answer();
    } catch (error) {
      throw this.#isLate ? new Error(`no answer within ${answerMsMax} ms`) : error;
    }
  }

  /** Closes it if its answer takes too long: reading fails then. Cheaper than a timer for each request. */
  closeIfLate(nowMs: number): void {
    if (nowMs < this.#lateAtMs) return;
    this.#isLate = true;
    this.close();
  }

  /** Ends it. */
  close(): undefined {
    try {
      this.#socket.close();
    } catch {
      // It has ended already.
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#socket.write(bytes.subarray(at));
  }

  async #answer(): Promise<ClientAnswer> {
    const headEnd = await this.#until(() => this.#pending.indexOf("\r\n\r\n"));
    const head = this.#pending.slice(0, headEnd);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1]);
    if (Number.isNaN(length)) throw new Error(`an answer without a length: ${head}`);
    const end = headEnd + 4 + length;
    await this.#until(() => this.#pending.length >= end ? end : -1);
    const body = this.#pending.slice(headEnd + 4, end);
    this.#pending = this.#pending.slice(end);
    const isLast = /\r\nconnection: *close/i.test(head);
    return { status: Number(head.slice(9, 12)), body, isLast };
  }

  async #until(find: () => number): Promise<number> {
    for (;;) {
      const found = find();
      if (found >= 0) return found;
      const count = await this.#socket.read(this.#buffer);
      if (count === null) throw new Error("the connection ended before its answer did");
      this.#pending += decoder.decode(this.#buffer.subarray(0, count));
    }
  }
}
