/**
 * Ending a guest from anywhere, another thread included.
 *
 * Each lease that has a switch has a word in shared memory: where its guest is, and a number that says whose
 * word it is now. Whoever ends the guest and the guest itself change it by compare-and-exchange, so each race
 * between them has one winner: where `terminate` says that it came in time, the outcome is "killed", and where
 * the guest has ended before, nothing happens to anybody. The places are those of Lucet's kill switch
 * (lucet-runtime-internals, `instance/execution.rs`: Pending, Guest, Hostcall, Terminated, Cancelled).
 */

/** Where a guest is. */
export type Domain = keyof typeof domains;

const domains = {
  over: 0,
  pending: 1,
  guest: 2,
  hostCall: 3,
  suspended: 4,
  terminated: 5,
} as const;
const domainMask = 7;
const domainBits = 3;

/** What came of asking for a guest's end: it never began; it ends now; it had ended. */
export type Termination = "cancelled" | "signalled" | "over";

/** A lease's switch: plain data, which may be sent to another thread and outlive the lease. */
export interface KillSwitch {
  readonly cells: SharedArrayBuffer;
  readonly slot: number;
  readonly generation: number;
}

/** The bell's cell: rung at each termination, so that the thread of a guest that is suspended hears of it. */
const bell = 0;

/** Ends a guest, on whichever thread it is. Harmless once it has ended, as often as it is called. */
export function terminate({ cells, slot, generation }: KillSwitch): Termination {
  const words = new Int32Array(cells);
  for (;;) {
    const word = Atomics.load(words, slot);
    const domain = word & domainMask;
    if (word >>> domainBits !== generation || domain === domains.over) return "over";
    if (domain === domains.terminated) return "signalled";
    const ended = wordOf(generation, "terminated");
    if (Atomics.compareExchange(words, slot, word, ended) !== word) continue;
    Atomics.add(words, bell, 1);
    Atomics.notify(words, bell);
    return domain === domains.pending ? "cancelled" : "signalled";
  }
}

function wordOf(generation: number, domain: Domain): number {
  return (generation << domainBits) | domains[domain];
}

/** The owner's side of a switch. */
export class SwitchSlot {
  readonly killSwitch: KillSwitch;
  readonly #words: Int32Array;
  #word: number;

  constructor(words: Int32Array<SharedArrayBuffer>, slot: number, generation: number) {
    this.killSwitch = { cells: words.buffer, slot, generation };
    this.#words = words;
    this.#word = wordOf(generation, "pending");
    Atomics.store(words, slot, this.#word);
  }

  /** The guest is somewhere else now; false where it has been terminated, which it stays. What is over stays over. */
  move(domain: Domain): boolean {
    if ((this.#word & domainMask) === domains.over) return true;
    const next = wordOf(this.killSwitch.generation, domain);
    const found = Atomics.compareExchange(this.#words, this.killSwitch.slot, this.#word, next);
    if (found !== this.#word) return false;
    this.#word = next;
    return true;
  }

  /** Whether somebody has terminated it. */
  get terminated(): boolean {
    return Atomics.load(this.#words, this.killSwitch.slot) !== this.#word;
  }

  /** Ends the switch: whoever still has it asks in vain. */
  close(): void {
    Atomics.store(this.#words, this.killSwitch.slot, wordOf(this.killSwitch.generation, "over"));
  }
}

/** `Atomics.waitAsync` (ECMA-262 §25.4.16), which TypeScript's library types do not have for this target. */
type WaitAsync = (
  words: Int32Array,
  index: number,
  value: number,
) => { readonly async: false } | { readonly async: true; readonly value: Promise<unknown> };

/** A generation has 28 bits; a switch that is older than so many uses of its slot is taken for the newest. */
const generationsMax = 2 ** 28;

/** The switches of one thread's leases. */
export class SwitchBoard {
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #free: number[] = [];
  /** Who is told when a switch is used, by slot. */
  readonly #owners = new Map<number, { readonly slot: SwitchSlot; readonly onKill: () => void }>();
  readonly #generations: Uint32Array;
  #nextSlot = 1;
  #listening = false;

  /** @param switchesMax how many leases may have switches at once */
  constructor(switchesMax: number) {
    this.#words = new Int32Array(new SharedArrayBuffer(4 * (switchesMax + 1)));
    this.#generations = new Uint32Array(switchesMax + 1);
  }

  /**
   * Gives a lease a switch; undefined where all are out.
   *
   * @param onKill called on this thread soon after somebody used it
   */
  open(onKill: () => void): SwitchSlot | undefined {
    const index = this.#free.pop() ?? this.#nextSlot;
    if (index >= this.#words.length) return undefined;
    this.#nextSlot = Math.max(this.#nextSlot, index + 1);
    const generation = ((this.#generations[index] ?? 0) + 1) % generationsMax;
    this.#generations[index] = generation;
    const slot = new SwitchSlot(this.#words, index, generation);
    this.#owners.set(index, { slot, onKill });
    this.#listen();
    return slot;
  }

  /** A lease is over. */
  close(slot: SwitchSlot): void {
    slot.close();
    this.#owners.delete(slot.killSwitch.slot);
    this.#free.push(slot.killSwitch.slot);
    // Nobody is left to be told: lets go of the wait, so that it keeps no process alive.
    if (this.#owners.size === 0) Atomics.notify(this.#words, bell);
  }

  /** Hears the bell, as long as there are switches. */
  #listen(): void {
    if (this.#listening) return;
    const { waitAsync } = Atomics as unknown as { readonly waitAsync: WaitAsync };
    // Read before the slots are, so that what comes after is heard.
    const rung = Atomics.load(this.#words, bell);
    this.#tell();
    if (this.#owners.size === 0) return;
    this.#listening = true;
    const wait = waitAsync(this.#words, bell, rung);
    void (wait.async ? wait.value : Promise.resolve()).then(() => {
      this.#listening = false;
      this.#listen();
    });
  }

  #tell(): void {
    for (const { slot, onKill } of [...this.#owners.values()]) {
      if (slot.terminated) onKill();
    }
  }
}
