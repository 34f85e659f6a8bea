/**
 * What caches of the benchmark stand before: says the same of each path that it is asked for, as many bytes as the path
 * tells (`/1024`), and how often it was asked for anything at `/asked`.
 */

let asked = 0;

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`http://127.0.0.1:${port} `),
}, (request) => {
  const path = new URL(request.url).pathname;
  if (path === "/asked") return new Response(String(asked));
  asked += 1;
  return new Response("x".repeat(Number(path.slice(1))), {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "max-age=86400",
      "etag": '"abc"',
    },
  });
});
