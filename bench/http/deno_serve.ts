// The same response from Deno's own server, in its shortest form.
Deno.serve({
  hostname: "127.0.0.1",
  port: 0,
  onListen: ({ port }) => console.error(`http://127.0.0.1:${port}`),
}, () => new Response("hello\n"));
