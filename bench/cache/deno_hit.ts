/** What caches of the benchmark answer, from Deno's own server: of its kinds of bodies the fastest, a text. */

const body = "x".repeat(Number(Deno.args[0]));
const headers = {
  "content-type": "text/plain; charset=utf-8",
  "cache-control": "max-age=86400",
  "etag": '"abc"',
};

Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`http://127.0.0.1:${port} `),
}, () => new Response(body, { headers }));
