import assert from "node:assert/strict";
import { type Server, withServer } from "./skerry.ts";

/** What `npm start` serves, by the prefix that each answers under. */
const prefixes = {
  "markdown-c": "/markdown/",
  "counter-c": "/counter/",
  "qr-cpp": "/qr/",
  "ab-router-assemblyscript": "/ab/",
  "json-api-javascript": "/api/",
  "mandelbrot-javascript": "/mandelbrot/",
  "hello-wat": "/hello/",
};

const examples = Object.keys(prefixes).map((name) => `examples/${name}`);

const types = {
  html: "text/html; charset=utf-8",
  text: "text/plain; charset=utf-8",
  json: "application/json",
  problem: "application/problem+json",
  svg: "image/svg+xml; charset=utf-8",
};

interface Expected {
  readonly status?: number;
  readonly type?: keyof typeof types;
  readonly fields?: Readonly<Record<string, RegExp>>;
  readonly body?: RegExp;
}

async function check(
  { url }: Server,
  path: string,
  expected: Expected,
  init: RequestInit = {},
): Promise<void> {
  const response = await fetch(`${url}${path}`, { redirect: "manual", ...init });
  const body = await response.text();
  const what = `${init.method ?? "GET"} ${path}: ${body}`;
  assert.equal(response.status, expected.status ?? 200, what);
  if (expected.type !== undefined) {
    assert.equal(response.headers.get("content-type"), types[expected.type], what);
  }
  for (const [name, value] of Object.entries(expected.fields ?? {})) {
    assert.match(response.headers.get(name) ?? "", value, `${name} of ${what}`);
  }
  if (expected.body !== undefined) assert.match(body, expected.body, what);
}

const post = (body: string, type: string): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": type },
});

Deno.test("all examples together, each under its own prefix, and a page that leads to them", async (test) => {
  await withServer(examples, async (server) => {
    await test.step("markdown-c has an editor, and renders what is posted", async () => {
      await check(server, "/markdown/", { type: "html", body: /<textarea/ });
      await check(server, "/markdown/", {
        type: "html",
        body: /^<h1>A <em>b<\/em><\/h1>\n<p>&lt;i&gt;<\/p>\n$/,
      }, post("# A *b*\n\n<i>\n", "text/markdown"));
    });

    await test.step("mandelbrot-javascript draws once for all who ask, until that is forgotten", async () => {
      const path = "/mandelbrot/?detail=50";
      const drawn = () =>
        fetch(`${server.url}${path}`).then(({ headers }) => headers.get("x-drawn"));
      const all = await Promise.all(Array.from({ length: 8 }, drawn));
      assert.deepEqual(all.toSorted(), [...Array(7).fill("before"), "now"]);
      await check(server, path, { type: "text", body: /^ +[^]*@@@[^]*\n$/ });
      await check(server, "/mandelbrot/", { body: /^forgotten\n$/ }, { method: "DELETE" });
      await check(server, path, { fields: { "x-drawn": /^now$/ } });
      await check(server, path, { fields: { "x-drawn": /^before$/ } });
      await check(server, "/mandelbrot/?detail=0", { status: 400 });
      await check(
        server,
        "/mandelbrot/",
        { status: 405, fields: { allow: /DELETE/ } },
        post("", "text/plain"),
      );
    });

    await test.step("counter-c loses no count, however many count at once", async () => {
      await check(server, "/counter/visits", { type: "text", body: /^0\n$/ });
      const counting = Array.from({ length: 40 }, async () => {
        const response = await fetch(`${server.url}/counter/visits`, { method: "POST" });
        return [response.status, await response.text()];
      });
      const told = (await Promise.all(counting)).map(([status, text]) => `${status} ${text}`);
      const each = Array.from({ length: 40 }, (_, index) => `200 ${index + 1}\n`);
      assert.deepEqual(told.toSorted(), each.toSorted());
      await check(server, "/counter/visits", { type: "text", body: /^40\n$/ });
      await check(server, "/counter/other", { body: /^1\n$/ }, { method: "POST" });
      await check(server, "/counter/", { type: "text", body: /^other\nvisits\n$/ });
      await check(server, "/counter/visits", { body: /^forgotten\n$/ }, { method: "DELETE" });
      await check(server, "/counter/visits", { body: /^0\n$/ });
      await check(server, "/counter/", { status: 404 }, { method: "POST" });
      await check(server, "/counter/a", { status: 405, fields: { allow: /POST/ } }, {
        method: "PUT",
        body: "",
      });
    });

    await test.step("qr-cpp has a form, and draws codes as SVG and as text", async () => {
      await check(server, "/qr/", { type: "html", body: /<form>/ });
      const fields = { "cache-control": /immutable/ };
      await check(server, "/qr/?text=skerry", {
        type: "svg",
        fields,
        body: /^<svg .*viewBox="0 0 29 29"/,
      });
      await check(server, "/qr/?text=skerry&format=txt", {
        type: "text",
        fields,
        body: /^█{29}\n█{29}\n████ ▄▄▄▄▄ ███▀▄▄█ ▄▄▄▄▄ ████\n/,
      });
      await check(server, "/qr/?text=", { status: 400, type: "text" });
    });

    await test.step("ab-router's cookie, links and redirect stay under its prefix", async () => {
      await check(server, "/ab/page", {
        type: "html",
        fields: { "set-cookie": /^ab-variant=(classic|fresh|bold); Path=\/ab;/ },
        body: /<code>\/ab\/page<\/code>[^]*href="\/ab\/reset"[^]*href="\/ab\/explain"/,
      });
      const asBold = { headers: { cookie: "ab-variant=bold" } };
      await check(server, "/ab/explain", {
        type: "json",
        fields: { "set-cookie": /^$/ },
        body: /"variant": "bold",\s+"reason": "the cookie says so"/,
      }, asBold);
      await check(server, "/ab/reset", {
        status: 303,
        fields: { location: /^\/ab\/$/, "set-cookie": /^ab-variant=; Path=\/ab; Max-Age=0$/ },
      }, asBold);
    });

    await test.step("json-api routes behind its prefix, validates and calculates", async () => {
      for (const path of ["/api", "/api/"]) {
        await check(server, path, { type: "json", body: /"GET \/api\/products\/:id"/ });
      }
      await check(server, "/api/products/rope", { type: "json", body: /"price":1250/ });
      const order = (quantity: number) => JSON.stringify({ items: [{ id: "rope", quantity }] });
      await check(server, "/api/orders/quote", {
        type: "json",
        fields: { "cache-control": /^no-store$/ },
        body: /"total":3750\}$/,
      }, post(order(3), "application/json"));
      await check(server, "/api/orders/quote", {
        status: 422,
        type: "problem",
        body: /items\[0\]\.quantity/,
      }, post(order(0), "application/json"));
      await check(server, "/api/nothing", { status: 404, type: "problem" });
      await check(server, "/api/products", { status: 405, fields: { allow: /^GET$/ } }, {
        method: "DELETE",
      });
    });

    await test.step("hello-wat echoes the method and the path behind its prefix", async () => {
      await check(server, "/hello/any/path", { type: "text", body: /^GET \/any\/path\n$/ });
      await check(server, "/hello/", { body: /^PUT \/\n$/ }, { method: "PUT" });
    });

    await test.step("the index page links to each example and says what it does", async () => {
      const response = await fetch(server.url);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("content-type"), types.html);
      const page = await response.text();
      for (const [name, prefix] of Object.entries(prefixes)) {
        const entry = new RegExp(
          `<a href="${prefix}">\\s*<strong>${name}</strong>[^]*?<span>[^<]+</span>`,
        );
        assert.match(page, entry);
      }
      assert.doesNotMatch(page, /(?:src|href)="(?:https?:)?\/\//, "nothing comes from elsewhere");
      const head = await fetch(server.url, { method: "HEAD" });
      assert.equal(head.status, 200);
      assert.equal(
        head.headers.get("content-length"),
        String(new TextEncoder().encode(page).length),
      );
      assert.equal(await head.text(), "");
    });

    await test.step("elsewhere there is nothing: a prefix ends at a slash", async () => {
      for (const path of ["/nowhere", "/helloworld", "/index.html", "/api-2/products"]) {
        await check(server, path, { status: 404, type: "text", body: /^404: / });
      }
      await check(server, "/", { status: 404 }, { method: "POST" });
    });
  });
});
