// deno-lint-ignore-file skerry/host-access -- this runs in the guest, where these are its own

// Timers. A program sleeps only when nothing else is left to do.

import { sleep } from "./host.js";

const timers = new Map();
let lastId = 0;

function add(callback, ms, every, args) {
  if (typeof callback !== "function") throw new TypeError("a timer needs a function");
  const wait = Math.max(0, Math.min(Number(ms) || 0, 2 ** 31 - 1));
  lastId += 1;
  timers.set(lastId, {
    due: Date.now() + wait,
    every: every ? Math.max(1, wait) : undefined,
    callback,
    args,
  });
  return lastId;
}

export const setTimeout = (callback, ms, ...args) => add(callback, ms, false, args);
export const setInterval = (callback, ms, ...args) => add(callback, ms, true, args);
export const clearTimeout = (id) => void timers.delete(id);
export const clearInterval = clearTimeout;

/** Waits for the earliest timer and runs it. Answers whether there was one. */
export function runNextTimer() {
  let next;
  for (const [id, timer] of timers) {
    if (next === undefined || timer.due < next.timer.due) next = { id, timer };
  }
  if (next === undefined) return false;
  const { id, timer } = next;
  const wait = timer.due - Date.now();
  if (wait > 0) sleep(wait);
  if (timer.every === undefined) timers.delete(id);
  else timer.due = Date.now() + timer.every;
  timer.callback(...timer.args);
  return true;
}
