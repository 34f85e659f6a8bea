/**
 * Attempts to leave a directory of the host. After each, what lies beside it must be as it was, to the last time
 * of access, and the guest must know nothing of it.
 */

import assert from "node:assert/strict";
import { directoryAttacks } from "./testing/escapes/directory_attacks.ts";
import { type Attacks, EscapeWorld, readsAreSeen } from "./testing/escapes/escape_world.ts";
import { linkAttacks } from "./testing/escapes/link_attacks.ts";
import { pathAttacks } from "./testing/escapes/path_attacks.ts";
import { raceAttacks } from "./testing/escapes/race_attacks.ts";

const still: Attacks = { ...pathAttacks, ...linkAttacks, ...directoryAttacks };

// Against what races, a walk by paths does not hold; SECURITY.md says so. A layer moves nothing of the host's.
const ways = [
  ["descriptors", "directly", { ...still, ...raceAttacks }],
  ["paths", "directly", still],
  ["descriptors", "through a layer", { ...pathAttacks, ...linkAttacks }],
] as const;

for (const [walk, way, attacks] of ways) {
  for (const [title, attack] of Object.entries<Attacks[string]>(attacks)) {
    Deno.test(`INV-5: host by ${walk}, ${way}: refused: ${title}`, async () => {
      const world = new EscapeWorld(walk, way);
      try {
        await attack(world);
        world.end();
      } finally {
        world.remove();
      }
    });
  }
}

const noticed: Readonly<Record<string, (world: EscapeWorld, secret: string) => void>> = {
  "a read": (_, secret) => void Deno.readTextFileSync(secret),
  "a write": (_, secret) => Deno.writeTextFileSync(secret, "other"),
  "a hard link": ({ inside }, secret) => Deno.linkSync(secret, `${inside}/stolen`),
  "a new name": (_, secret) => Deno.writeTextFileSync(`${secret}-2`, ""),
  "a new name beside": ({ base }) => Deno.mkdirSync(`${base}/planted`),
  "a time": (_, secret) => Deno.utimeSync(secret, 5, 5),
  "what the guest knows": ({ guest }, secret) => void guest.put(Deno.readFileSync(secret)),
};

for (const [name, act] of Object.entries(noticed)) {
  // Where no times of access are kept, reads are seen by what the guest knows alone.
  const ignore = name === "a read" && !readsAreSeen();
  Deno.test({ name: `the canaries notice ${name}`, ignore }, () => {
    const world = new EscapeWorld("descriptors");
    try {
      act(world, `${world.base}/outside/secret`);
      assert.throws(() => world.unharmed(), assert.AssertionError);
    } finally {
      world.remove();
    }
  });
}
