/**
 * Jobs in a page of headless Chromium: a server on this machine hands out a page, the project's sources
 * without their types, and the job's files; the page posts what came of it.
 */

import { stripTypeScriptTypes } from "node:module";
import type { Job } from "./job.ts";
import { root } from "./tools.ts";

/** The machine's own address alone: nothing here is for others. */
const host = "127.0.0.1";
/** How long a page may take; the largest job reads and writes tens of megabytes. */
const pageMsMax = 120_000;
/** How long the browser may take to end when it is asked to. */
const stopMsMax = 10_000;
/** Folders whose sources a page may ask for. */
const sourcePath = /^\/(?:packages|tests)\/[\w./-]+\.ts$/;

type PageResult = { readonly answer: unknown } | { readonly error: string };

/** Does a job in a new browser with a profile of its own. */
export async function runInChromium(chromium: string, job: Job): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<PageResult>();
  const server = Deno.serve(
    { hostname: host, port: 0, onListen: () => {} },
    (request) => respond(request, job, resolve),
  );
  const profile = await Deno.makeTempDir({ prefix: "skerry-chromium-" });
  const browser = startBrowser(chromium, profile, `http://${host}:${server.addr.port}/`);
  const timer = setTimeout(() => resolve({ error: "the page did not answer" }), pageMsMax);
  const stderr = new Response(browser.stderr).text();
  try {
    const early = browser.status.then(async ({ code }): Promise<PageResult> => {
      return { error: `Chromium ended with ${code}: ${await stderr}` };
    });
    const result = await Promise.race([promise, early]);
    if ("error" in result) throw new Error(`Chromium: ${result.error}`);
    return result.answer;
  } finally {
    clearTimeout(timer);
    await stop(browser);
    await stderr;
    await server.shutdown();
    await Deno.remove(profile, { recursive: true });
  }
}

function startBrowser(chromium: string, profile: string, address: string): Deno.ChildProcess {
  const quiet = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
  ];
  // As root, which continuous integration is, Chromium refuses to start with its sandbox.
  const args = ["--headless", "--no-sandbox", ...quiet, `--user-data-dir=${profile}`, address];
  return new Deno.Command(chromium, { args, stdin: "null", stdout: "null", stderr: "piped" })
    .spawn();
}

/** Asks the browser to end, and makes it where it does not. */
async function stop(browser: Deno.ChildProcess): Promise<void> {
  const signal = (name: Deno.Signal) => {
    try {
      browser.kill(name);
    } catch {
      // It has ended by itself.
    }
  };
  signal("SIGTERM");
  const timer = setTimeout(signal, stopMsMax, "SIGKILL");
  await browser.status;
  clearTimeout(timer);
}

async function respond(
  request: Request,
  job: Job,
  done: (result: PageResult) => void,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "POST") {
    done(await request.json());
    return new Response(null, { status: 204 });
  }
  if (pathname === "/") return new Response(await page(), { headers: typed("text/html") });
  if (pathname === "/job") return Response.json(job);
  if (pathname.startsWith("/file/")) {
    const path = job.files?.[decodeURIComponent(pathname.slice("/file/".length))];
    if (path !== undefined) return new Response(await Deno.readFile(`${root}/${path}`));
  }
  if (sourcePath.test(pathname) && !pathname.includes("..")) return await source(pathname);
  return new Response("not found", { status: 404 });
}

/** A source without its types; what is taken away becomes spaces, so that places stay. */
async function source(pathname: string): Promise<Response> {
  const text = await Deno.readTextFile(`${root}${pathname}`);
  return new Response(stripTypeScriptTypes(text), { headers: typed("text/javascript") });
}

async function page(): Promise<string> {
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(`${root}/deno.json`),
  );
  return `<!doctype html><meta charset="utf-8"><title>job</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module" src="/tests/runtimes/launch_in_page.ts"></script>`;
}

function typed(type: string): Record<string, string> {
  return { "content-type": `${type}; charset=utf-8` };
}
