/** The HTTPS server as the clients see it that people use: curl, nghttp, h2load, and Deno's and Node's own. */

import assert from "node:assert/strict";
import { get as getHttps } from "node:https";
import type { HttpRequest } from "@skerry/http";
import type { Handler, Listener } from "../listen.ts";
import { answer, pieces, readAll, streamed, text } from "../listen_testing.ts";
import { Certificates } from "./certificates.ts";
import { listenTls } from "./listen_tls.ts";
import { shopCertificate } from "./testing/certificates.ts";

/** Runs a server, and gives its URL and a file with its certificate. */
async function withServer(
  handler: Handler,
  use: (url: string, certificateFile: string, listener: Listener) => Promise<void>,
): Promise<void> {
  const certificates = new Certificates();
  certificates.replace({ "localhost": shopCertificate });
  const listener = await listenTls({ hostname: "127.0.0.1", port: 0 }, handler, { certificates });
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, shopCertificate.certPem);
    await use(`https://localhost:${listener.address.port}`, file, listener);
  } finally {
    await Deno.remove(file);
    await listener.close(1_000);
  }
}

/** A test that needs a program. Where that is not there it is skipped, but not in continuous integration. */
function clientTest(program: string, name: string, body: () => Promise<void>): void {
  const isThere = hasProgram(program);
  const why = isThere ? "" : ` (there is no ${program})`;
  const ignore = !isThere && Deno.env.get("CI") === undefined;
  Deno.test(`${program}: ${name}${why}`, { ignore }, body);
}

function hasProgram(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["--version"], stdout: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** What a program prints. */
async function run(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await new Deno.Command(program, { args }).output();
  return text(stdout) + text(stderr);
}

async function describe({ method, version, body }: HttpRequest) {
  return answer(`<${method} ${version ?? "1.1"} ${(await readAll(body)).length}>`);
}

clientTest("curl", "gets and sends by both versions", async () => {
  await withServer(describe, async (url, file) => {
    const curl = (...args: string[]) =>
      run("curl", "-sS", "--max-time", "20", "--cacert", file, ...args);
    assert.equal(await curl("--http2", url), "<GET 2 0>");
    assert.equal(await curl("--http1.1", url), "<GET 1.1 0>");
    const body = await Deno.makeTempFile();
    await Deno.writeFile(body, new Uint8Array(3_000_000));
    for (const [flag, version] of [["--http2", "2"], ["--http1.1", "1.1"]] as const) {
      assert.equal(await curl(flag, "-T", body, url), `<PUT ${version} 3000000>`);
      assert.equal(
        await curl(flag, "-H", "Expect: 100-continue", "-T", body, url),
        `<PUT ${version} 3000000>`,
      );
    }
    await Deno.remove(body);
    assert.match(await curl("--http2", "-I", url), /^HTTP\/2 200 \r\n[^]*content-length: 10\r\n/);
  });
});

clientTest(
  "curl",
  "finds a response whole whose length is not told, also by HTTP/1.0",
  async () => {
    async function* body() {
      for (let count = 0; count < 100; count += 1) yield new Uint8Array(10_000);
    }
    await withServer(() => streamed(body()), async (url, file) => {
      for (const flag of ["--http2", "--http1.1", "--http1.0"]) {
        const format = ["-o", "/dev/null", "-w", "%{size_download} %{errormsg}"];
        assert.equal(await run("curl", "-sS", "--cacert", file, flag, ...format, url), "1000000 ");
      }
    });
  },
);

clientTest("nghttp", "gets many at once, and trailers", async () => {
  async function* body() {
    yield new TextEncoder().encode("body");
  }
  const handler = () => ({ ...streamed(body()), trailers: () => [["x-after", "yes"] as const] });
  await withServer(handler, async (url) => {
    const log = await run("nghttp", "-v", `${url}/1`, `${url}/2`, `${url}/3`);
    assert.equal(log.match(/recv \(stream_id=\d+\) x-after: yes/g)?.length, 3, log);
    assert.doesNotMatch(log, /INVALID|error_code=(?!NO_ERROR)/);
  });
});

clientTest("h2load", "finds every response under load, with bodies both ways", async () => {
  await withServer(({ body }) => streamed(pieces(body)), async (url) => {
    const body = await Deno.makeTempFile();
    await Deno.writeFile(body, new Uint8Array(50_000));
    const load = ["-n", "1000", "-c", "5", "-m", "20"];
    const got = await run("h2load", ...load, url);
    assert.match(got, /1000 done, 1000 succeeded, 0 failed, 0 errored, 0 timeout/);
    const sent = await run("h2load", ...load, "-d", body, url);
    assert.match(sent, /1000 done, 1000 succeeded, 0 failed, 0 errored, 0 timeout/);
    assert.match(sent, /\(50000000\) data/);
    await Deno.remove(body);
  });
});

clientTest(
  "h2load",
  "gets the answer of each request that was begun when the server goes",
  async () => {
    let begun = 0;
    await withServer(async () => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return answer("fine");
    }, async (url, _file, listener) => {
      const load = run("h2load", "-n", "100000", "-c", "4", "-m", "10", url);
      while (begun < 200) await new Promise((resolve) => setTimeout(resolve, 10));
      await listener.close(10_000);
      const [, succeeded] = /(\d+) succeeded/.exec(await load) ?? [];
      assert.equal(Number(succeeded), begun);
    });
  },
);

Deno.test("Deno's fetch speaks HTTP/2 with it, both ways at once", async () => {
  await withServer(describe, async (url) => {
    const client = Deno.createHttpClient({ caCerts: [shopCertificate.certPem] });
    const answers = await Promise.all(Array.from({ length: 20 }, async (_, index) => {
      const body = new Uint8Array(10_000 * index);
      const response = await fetch(url, { client, method: "POST", body });
      return await response.text();
    }));
    assert.deepEqual(answers, answers.map((_, index) => `<POST 2 ${10_000 * index}>`));
    client.close();
  });
});

Deno.test("Node's https speaks HTTP/1.1 with it", async () => {
  await withServer(describe, async (url) => {
    const body = await new Promise<string>((resolve, reject) => {
      const options = { ca: shopCertificate.certPem, agent: false as const };
      getHttps(url, options, async (response) => {
        let all = "";
        for await (const piece of response) all += piece;
        resolve(all);
      }).on("error", reject);
    });
    assert.equal(body, "<GET 1.1 0>");
  });
});
