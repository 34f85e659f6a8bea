/** A process that writes objects until it is killed, and says of each when it is there. */

import { keepLarge, keepSmall, numbered, openObjects } from "./numbered_objects.ts";

const [folder = "", secret = "", first = "0"] = Deno.args;
const objects = openObjects(folder, Uint8Array.fromHex(secret));
for (let number = Number(first);; number += 1) {
  const name = String(number % 7);
  if (number % 2 === 0) {
    await keepSmall(objects, name, numbered(number, 1 + number * 997 % 200_000));
  } else await keepLarge(objects, name, numbered(number, 300_000 + number * 1009 % 500_000));
  console.log(`${name} ${number}`);
}
