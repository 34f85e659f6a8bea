/** One hostile thing that a client does on a connection of its own, and the only answer that it may get. */

/** Bytes in, answer out; bytes are characters up to 0xff. */
export interface HostileCase {
  readonly name: string;
  /** What is sent: in one piece, or piece by piece. */
  readonly sent: string | readonly string[];
  /** Whether the client then says that it will send no more. */
  readonly ends?: true;
  /** The statuses of all answers, in their order. */
  readonly answers: readonly number[];
  /** Whether the connection takes another request afterwards. */
  readonly then: "closed" | "kept";
  /**
   * What a program is asked, each as `METHOD host/path` and the bytes of the body that it could read: this, and
   * nothing else whatsoever.
   */
  readonly seen: readonly string[];
  /** What the listener tells its operator that it has refused. */
  readonly reported: readonly number[];
  /** The section that decides. */
  readonly why: string;
}

/** A request that no program may see, nor anything that follows it. */
export function refused(
  name: string,
  sent: string | readonly string[],
  status: number,
  why: string,
): HostileCase {
  return { name, sent, answers: [status], then: "closed", seen: [], reported: [status], why };
}

/** A request whose target or host is refused, though where it ends is beyond doubt: the next one may follow. */
export function misdirected(name: string, sent: string, why: string, status = 400): HostileCase {
  return { name, sent, answers: [status], then: "kept", seen: [], reported: [], why };
}

/** Requests that look strange, and mean exactly this. */
export function served(
  name: string,
  sent: string | readonly string[],
  seen: readonly string[],
  why: string,
  then: "closed" | "kept" = "kept",
): HostileCase {
  return { name, sent, answers: seen.map(() => 200), then, seen, reported: [], why };
}

/** A body that proves to be malformed: a program may have begun with it, and is never told that it is whole. */
export function brokenOff(
  name: string,
  sent: string | readonly string[],
  status: number,
  why: string,
): HostileCase {
  return {
    name,
    sent,
    answers: [status],
    then: "closed",
    seen: ["POST a/ cut off"],
    reported: [status],
    why,
  };
}

export const host = "Host: a\r\n";

/** What a second server would take for a request of its own. */
export const smuggled = `GET /smuggled HTTP/1.1\r\n${host}\r\n`;

/** A request with these field lines, and what follows its head. */
export function post(fields: string, body = ""): string {
  return `POST / HTTP/1.1\r\n${host}${fields}\r\n${body}`;
}

export function get(target: string, fields = host, version = "HTTP/1.1"): string {
  return `GET ${target} ${version}\r\n${fields}\r\n`;
}
