/** What `skerry top` shows: lines of text that fit a terminal, in which it obeys nothing. */

import { formatSize, printable } from "@skerry/base";
import type { CellSnapshot, TelemetrySnapshot } from "../snapshot.ts";
import { secondsBetween, type ServiceRates, serviceRates, type TopOrder } from "./service_rates.ts";

/** A terminal's size, in characters. */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * Lines for a screen: never more than its rows, never longer than its columns.
 *
 * @param before an earlier snapshot, for rates; without one they are since the node's start
 */
export function renderTop(
  before: TelemetrySnapshot | undefined,
  now: TelemetrySnapshot,
  { columns, rows }: TerminalSize,
  order: TopOrder,
): string[] {
  const head = [...nodeLines(before, now), ""];
  const services = serviceRates(before, now, order);
  const room = Math.max(0, rows - head.length - 1);
  const isCut = services.length > room;
  const shown = services.slice(0, isCut ? Math.max(0, room - 1) : room);
  const isRated = secondsBetween(before, now) !== undefined;
  const table = serviceTable(shown, columns, isRated);
  const more = isCut ? [`... and ${services.length - shown.length} more`] : [];
  return [...head, ...table, ...more].slice(0, rows).map((line) => line.slice(0, columns));
}

function nodeLines(before: TelemetrySnapshot | undefined, now: TelemetrySnapshot): string[] {
  const { cells, supervisor } = now;
  const up = supervisor && `up ${lasted(now.timeMs - supervisor.startTimeMs)}`;
  const serving = cells.filter(({ state }) => state === "serving").length;
  const first = [
    `skerry ${ascii(now.version)}`,
    up,
    ...(cells.length === 0 ? [] : [`${serving} of ${cells.length} cells serving`]),
    new Date(now.timeMs).toISOString().slice(11, 19),
  ];
  const others = cells.filter(({ state }) => state !== "serving");
  return [
    first.filter((part) => part !== undefined).join("   "),
    sumLine(before, now),
    ...(cells.length === 0 ? [] : [sandboxLine(cells)]),
    ...others.map(({ cell, state, restarts }) =>
      `cell ${cell} is ${ascii(state)}, after ${restarts} restarts`
    ),
  ];
}

function sumLine(before: TelemetrySnapshot | undefined, now: TelemetrySnapshot): string {
  const seconds = secondsBetween(before, now);
  if (seconds === undefined) return "no rates yet";
  const all = serviceRates(before, now, "name");
  const sum = (value: (rates: ServiceRates) => number) =>
    all.reduce((sum, rates) => sum + value(rates), 0);
  const refused = (snapshot: TelemetrySnapshot | undefined) =>
    (snapshot?.refused ?? []).reduce((sum, { count }) => sum + count, 0);
  const refusedRate = Math.max(0, refused(now) - refused(before)) / seconds;
  return [
    `${rate(sum(({ requests }) => requests))} requests/s`,
    `${rate(sum(({ errors }) => errors))} errors/s`,
    `${rate(refusedRate)} refused/s`,
    `guests' cpu ${percent(sum(({ processors }) => processors))}`,
  ].join("   ");
}

function sandboxLine(cells: readonly CellSnapshot[]): string {
  const sum = (value: (figures: NonNullable<CellSnapshot["figures"]>) => number) =>
    cells.reduce((sum, { figures }) => sum + (figures === undefined ? 0 : value(figures)), 0);
  return `sandboxes: ${sum(({ sandboxesInUse }) => sandboxesInUse)} in use, ` +
    `${sum(({ sandboxesIdle }) => sandboxesIdle)} idle   ` +
    `memory: ${formatSize(sum(({ memoryBytes }) => memoryBytes))} of ` +
    formatSize(sum(({ memoryBytesMax }) => memoryBytesMax));
}

/** The columns after the name, with their widths. */
const columnWidths = {
  "REQ/S": 8,
  "ERR/S": 6,
  "CPU": 7,
  "P50": 8,
  "P99": 8,
  "HIT": 4,
  "MEMORY": 9,
  "SENT/S": 9,
} as const;
const widths: readonly number[] = Object.values(columnWidths);
const nameWidthMin = 12;

function serviceTable(
  services: readonly ServiceRates[],
  columns: number,
  isRated: boolean,
): string[] {
  const taken = widths.reduce((sum, width) => sum + width + 1, 0);
  const nameWidth = Math.max(nameWidthMin, columns - taken);
  const line = (name: string, cells: readonly string[]) =>
    fitted(name, nameWidth) +
    cells.map((cell, index) => ` ${cell.padStart(widths[index] ?? 0)}`).join("");
  return [
    line("SERVICE", Object.keys(columnWidths)),
    ...services.map((rates) => line(nameOf(rates), cellsOf(rates, isRated))),
  ];
}

function cellsOf(rates: ServiceRates, isRated: boolean): string[] {
  const rated = (text: string) => isRated ? text : "-";
  return [
    rated(rate(rates.requests)),
    rated(rate(rates.errors)),
    rated(percent(rates.processors)),
    time(rates.p50Ms),
    time(rates.p99Ms),
    rates.hitRatio === undefined ? "-" : `${Math.floor(100 * rates.hitRatio)}%`,
    size(rates.memoryBytes),
    rated(size(rates.sentBytes)),
  ];
}

function nameOf({ name }: ServiceRates): string {
  return name === "" ? "(nobody)" : name;
}

/** A text in just so many characters. */
function fitted(text: string, width: number): string {
  const plain = ascii(text);
  return plain.length > width ? `${plain.slice(0, width - 2)}..` : plain.padEnd(width);
}

/** Characters that each take one place on every terminal. */
function ascii(text: string): string {
  return printable(text).replace(/[^ -~]/g, "?");
}

function size(bytes: number): string {
  return formatSize(Math.round(bytes)).replace(" ", "");
}

function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 99.95 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

function percent(part: number): string {
  return `${(100 * part).toFixed(1)}%`;
}

function time(ms: number | undefined): string {
  if (ms === undefined) return "-";
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 100 ? `${ms.toFixed(0)} ms` : `${ms.toPrecision(2)} ms`;
}

/** A long time, by its two greatest units. */
function lasted(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24];
  if (days > 0) return `${days}d ${hours}h`;
  return hours > 0 ? `${hours}h ${minutes % 60}m` : `${minutes}m`;
}
