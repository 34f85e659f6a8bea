/** A process that listens on a socket of the one that started it: `shared_socket_test.ts` ends it at any moment. */

import { listen } from "../listen.ts";

const [shared = "", name = ""] = Deno.args;

await listen(JSON.parse(shared), async () => {
  // Some are under way whenever it is killed.
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { status: 200, fields: [], body: new TextEncoder().encode(name) };
});
console.log("listens");
