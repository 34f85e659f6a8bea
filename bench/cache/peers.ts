/** Caches before one origin, each a server of its own on the core of servers: ours, Varnish and nginx. */

import { fileURLToPath } from "node:url";
import { freePort } from "../http/peers.ts";
import { type Server, start, startAt } from "../http/server.ts";
import { Modules } from "../node/modules.ts";
import { cpuUsOfAll } from "../node/processes.ts";
import { RunningNode } from "../node/running_node.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

/** What is measured: where it answers, and by what an answer of its shows that it came out of the cache. */
export interface Cache {
  readonly name: string;
  readonly server: Pick<Server, "url" | "cpuUs" | "stop">;
  isHit(fields: Headers): boolean;
}

/** What all of them ask. */
export function startOrigin(): Promise<Server> {
  return start(Deno.execPath(), ["run", "--quiet", "-A", `${here}origin.ts`]);
}

/** The answer of a hit without a cache. */
export function bareDeno(bodyBytes: number): Promise<Server> {
  return start(Deno.execPath(), ["run", "--quiet", "-A", `${here}deno_hit.ts`, `${bodyBytes}`]);
}

/** A node of one cell with one thread, and one service whose requests go to the origin. */
export async function skerry(folder: string, origin: string): Promise<Cache> {
  const server = await RunningNode.start(`${folder}/node`, "one core");
  const module = (await Modules.saying("hello\n")).module(0);
  await server.putTenant("cached", { privateBackends: ["127.0.0.0/8"] });
  await server.deploy({ tenant: "cached", service: "pages", host: "*" }, module, {
    backends: { origin: { origin: new URL(origin).origin } },
    routes: [{ host: "*", prefix: "", backend: "origin" }],
  });
  const isHit = (fields: Headers) => /;\s*hit\b/.test(fields.get("cache-status") ?? "");
  return { name: "Skerry", server, isHit };
}

/** As its packages start it, with its log in shared memory, but as the user that starts it. */
export async function varnish(folder: string, origin: string): Promise<Cache> {
  const address = `127.0.0.1:${freePort()}`;
  const args = [
    ...["-F", "-j", "none", "-a", address, "-b", new URL(origin).host],
    ...["-n", `${folder}/varnish`, "-s", "malloc,256m"],
  ];
  const server = await startAt(`http://${address}/1`, "varnishd", args);
  // The two numbers are those of this request and of the one that brought the object.
  const isHit = (fields: Headers) => /^\d+ \d+$/.test(fields.get("x-varnish") ?? "");
  return { name: "Varnish", server: withChildren(server), isHit };
}

/**
 * One worker; what it keeps is in memory, its log is written to nowhere in large pieces, as ours is, and a connection may
 * have as many requests as it likes.
 */
export async function nginx(folder: string, memory: string, origin: string): Promise<Cache> {
  const address = `127.0.0.1:${freePort()}`;
  const configuration = `
    daemon off;
    worker_processes 1;
    pid ${folder}/nginx.pid;
    error_log stderr crit;
    events { worker_connections 1024; }
    http {
      access_log /dev/null combined buffer=64k;
      sendfile on;
      keepalive_requests 1000000000;
      open_file_cache max=1000;
      open_file_cache_valid 600s;
      client_body_temp_path ${folder}/body;
      proxy_temp_path ${memory}/proxy;
      fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi;
      scgi_temp_path ${folder}/scgi;
      proxy_cache_path ${memory}/kept keys_zone=kept:10m;
      server {
        listen ${address};
        location / {
          proxy_pass ${new URL(origin).origin};
          proxy_cache kept;
          add_header X-Cache $upstream_cache_status;
        }
      }
    }`;
  // Its worker gives up being root, and must be able to write here all the same.
  const user = Deno.uid() === 0 ? "user root;" : "";
  await Deno.writeTextFile(`${folder}/nginx.conf`, `${user}${configuration}\n`);
  const args = ["-p", folder, "-c", `${folder}/nginx.conf`, "-e", "stderr"];
  const server = await startAt(`http://${address}/1`, "nginx", args);
  const isHit = (fields: Headers) => fields.get("x-cache") === "HIT";
  return { name: "nginx", server: withChildren(server), isHit };
}

/** A server whose work is done by processes that it starts. */
function withChildren(server: Server): Server {
  return { ...server, cpuUs: () => cpuUsOfAll(server.pid) };
}
