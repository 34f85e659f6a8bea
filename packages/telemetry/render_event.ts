/** Events as lines for people. Whatever a guest or a client says in them, a terminal obeys nothing. */

import { formatDuration, formatSize, printable } from "@skerry/base";
import type { GuestLineEvent, LogEvent, RefusedEvent, RequestEvent } from "@skerry/edge";

/** Digits of an id that are shown: enough to find what belongs together. */
const idDigits = 8;

/** The longest text of somebody else's that is shown. */
const textLengthMax = 2_000;

/** One event: a line, and more where something went wrong. No line feed at the end. */
export function renderEvent(event: LogEvent): string {
  switch (event.type) {
    case "request":
      return renderRequest(event);
    case "guest":
      return renderGuestLine(event);
    case "refused":
      return renderRefused(event);
  }
}

function renderRequest(event: RequestEvent): string {
  const { service, version, status, method, host, path, outcome, error, cache, backtrace = [] } =
    event;
  const who = service === undefined ? "-" : `${shown(service)}${version ? ` v${version}` : ""}`;
  const line = [
    `${timeOf(event.time)} ${idOf(event.id)} ${status} ${shown(method)} ${shown(host + path)}`,
    who,
    `${outcome}${cache === undefined ? "" : ` (${cache})`} in ${formatDuration(event.totalMs)}${
      usedOf(event)
    }`,
    `${formatSize(event.responseBytes)} sent`,
  ].join("  ");
  const failure = error === undefined ? [] : [`    ${shown(error)}`];
  return [line, ...failure, ...backtrace.map((frame) => `      at ${shown(frame)}`)].join("\n");
}

function usedOf({ cpuMs, memoryBytes, hostCalls }: RequestEvent): string {
  const used = [
    cpuMs === undefined ? [] : [`cpu ${formatDuration(cpuMs)}`],
    memoryBytes === undefined ? [] : [formatSize(memoryBytes)],
    hostCalls === undefined ? [] : [`${hostCalls} host calls`],
  ].flat();
  return used.length === 0 ? "" : ` (${used.join(", ")})`;
}

function renderGuestLine({ time, id, service, line }: GuestLineEvent): string {
  return `${timeOf(time)} ${idOf(id)} ${shown(service)} | ${shown(line)}`;
}

function renderRefused({ time, status, why, remote, unlogged }: RefusedEvent): string {
  const more = unlogged === undefined ? "" : ` (and ${unlogged} more before)`;
  const nobody = "-".repeat(idDigits);
  return `${timeOf(time)} ${nobody} ${status} refused ${shown(remote)}: ${shown(why)}${more}`;
}

/** The time of day of an ISO 8601 time in UTC. */
function timeOf(time: string): string {
  return /^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d\.\d{3})Z$/.exec(time)?.[1] ?? shown(time);
}

function idOf(id: string): string {
  return shown(id.slice(0, idDigits));
}

function shown(text: string): string {
  return printable(text, textLengthMax);
}
