/**
 * The other process of the races: `swapper.ts DIRECTORY NAME COUNT` has NAME and `link` change places, there and back,
 * so many times.
 */

const [directory = "", name = "", count = ""] = Deno.args;
Deno.chdir(directory);
console.log("swapping");
for (let swap = 0; swap < Number(count); swap += 1) {
  Deno.renameSync(name, "real");
  Deno.renameSync("link", name);
  Deno.renameSync(name, "link");
  Deno.renameSync("real", name);
}
