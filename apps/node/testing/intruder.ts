/** Stands in the place of a process of a node, and tries what it must not be able to do. */

import { parentProcess } from "@skerry/platform";

/** What it is to try, by paths. */
export interface Attempts {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** A socket's name below `/proc/self/fd`. */
  readonly socket: string;
  readonly connect: { readonly hostname: string; readonly port: number };
}

/** What it could do, besides what it has left behind. */
export interface Achieved {
  readonly read: readonly string[];
  readonly isConnected: boolean;
  readonly processes: number;
  readonly hasSocket: boolean;
}

const parent = parentProcess<Achieved, Attempts>();
parent.onMessage((attempts) => void attempt(attempts));
parent.onGone(() => Deno.exit(0));

async function attempt({ read, write, socket, connect }: Attempts): Promise<void> {
  const numbers = entries("/proc").filter((name) => /^\d+$/.test(name));
  for (const path of write) succeeds(() => Deno.writeTextFileSync(path, "x"));
  parent.send({
    read: read.filter((path) => succeeds(() => Deno.readFileSync(path))),
    isConnected: await Deno.connect(connect).then((connection) => {
      connection.close();
      return true;
    }, () => false),
    processes: numbers.length,
    hasSocket: entries("/proc/self/fd").some((name) => targetOf(name) === socket),
  });
}

function entries(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function targetOf(descriptor: string): string | undefined {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

function succeeds(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
