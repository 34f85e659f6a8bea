import assert from "node:assert/strict";
import { AdminClient, path, servicePath } from "./admin_client.ts";
import { NodeConnection } from "./node_connection.ts";
import { NodeRefusal } from "./node_refusal.ts";

/** A client of an admin API that answers as it is told. */
async function withClient(
  answer: (request: Request) => Response | Promise<Response>,
  use: (client: AdminClient) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, answer);
  const url = `http://127.0.0.1:${server.addr.port}`;
  try {
    await use(new AdminClient(new NodeConnection(url, "secret-token")));
  } finally {
    await server.shutdown();
  }
}

const service = (name: string) => {
  return { tenant: "shop", name, revision: 1, createdMs: 1, newest: 0 };
};

Deno.test("names are one segment of a path each, whatever they hold", () => {
  assert.equal(path`/v1/kv/${"a/b c?#"}/x`, "/v1/kv/a%2Fb%20c%3F%23/x");
  assert.equal(servicePath({ tenant: "shop", service: "api" }), "/v1/tenants/shop/services/api");
  for (const name of ["", ".", ".."]) {
    assert.throws(() => path`/v1/kv/${name}`, /cannot be named in a URL/);
  }
});

Deno.test("a list is asked for piece by piece, to its end", async () => {
  const asked: string[] = [];
  await withClient((request) => {
    const { pathname, search } = new URL(request.url);
    asked.push(`${pathname}${search}`);
    return Response.json(
      search === "" ? { services: [service("a")], next: "a" } : { services: [service("b")] },
    );
  }, async (client) => {
    const pieces = await client.pages("services", "/v1/tenants/shop/services");
    assert.deepEqual(pieces.flatMap(({ services }) => services.map(({ name }) => name)), [
      "a",
      "b",
    ]);
  });
  assert.deepEqual(asked, ["/v1/tenants/shop/services", "/v1/tenants/shop/services?after=a"]);
});

Deno.test("a name alone is of the token's tenant; an operator's token has none", async () => {
  let tenant: string | undefined = "shop";
  const answer = () => Response.json({ id: "0123", tenant, scopes: ["read"] });
  await withClient(answer, async (client) => {
    assert.deepEqual(await client.serviceName("api"), { tenant: "shop", service: "api" });
    assert.deepEqual(await client.serviceName("other/api"), { tenant: "other", service: "api" });
    tenant = undefined;
    await assert.rejects(client.serviceName("api"), /an operator's token has no tenant/);
    for (const wrong of ["", "/", "a/b/c", "Api", "../api", "a/"]) {
      await assert.rejects(client.serviceName(wrong), { code: "SKERRY_USAGE" }, wrong);
    }
  });
});

Deno.test("a problem is told with its code, its mistakes and its diagnostics, each on a line", async () => {
  const problem = {
    ...{ type: "urn:x", title: "No", status: 422, detail: "there are mistakes" },
    code: "SKERRY_VERSION_FAILED",
    mistakes: [{ path: "routes/0/host", message: "is none" }, { path: "", message: "too long" }],
    diagnostics: [
      { message: "wants more", at: { kind: "binary", offset: 16 } },
      { message: "answers less" },
    ],
  };
  const answer = () => Response.json(problem, { status: 422 });
  await withClient(answer, async (client) => {
    await assert.rejects(client.ask("whoAmI", ["GET", "/v1/whoami"]), (error: unknown) => {
      assert.ok(error instanceof NodeRefusal);
      assert.deepEqual(error.message.split(/\n */), [
        "the node answers 422 SKERRY_VERSION_FAILED: there are mistakes",
        "routes/0/host: is none",
        "too long",
        "the module: at offset 0x10: wants more",
        "the module: answers less",
      ]);
      return true;
    });
  });
});

Deno.test("what is no answer of the API is not believed, and a redirection is not followed", async () => {
  const answers: [() => Response, RegExp][] = [
    [() => new Response("<html>"), /not understood: it/],
    [() => Response.json({ id: 7 }), /not understood: id/],
    [
      () => new Response(null, { status: 307, headers: { location: "http://127.0.0.1:1/" } }),
      /answers 307/,
    ],
    [() => new Response("no", { status: 502 }), /502: it does not say why/],
  ];
  for (const [answer, told] of answers) {
    await withClient(answer, async (client) => {
      await assert.rejects(client.ask("whoAmI", ["GET", "/v1/whoami"]), told);
    });
  }
});
