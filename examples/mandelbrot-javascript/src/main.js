// Drawings that take long to compute, each kept as a fragment: computed once, also where many ask for it at once.

import { cache } from "skerry";
import { draw } from "./draw.js";

const ttlMs = 3_600_000;

export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    if (request.method === "DELETE") {
      cache.purgeKeys("drawings");
      return text("forgotten\n");
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text("GET or DELETE, please\n", 405, { allow: "GET, HEAD, DELETE" });
    }
    const detail = Number(searchParams.get("detail") ?? 100);
    if (!Number.isInteger(detail) || detail < 1 || detail > 1000) {
      return text("detail is a number from 1 to 1000\n", 400);
    }
    let drawn = "before";
    const drawing = await cache.getOrSet(`detail ${detail}`, () => {
      drawn = "now";
      return draw(detail);
    }, { ttlMs, surrogateKeys: "drawings" });
    return text(drawing, 200, { "x-drawn": drawn });
  },
};

function text(body, status = 200, headers = {}) {
  return new Response(body, {
    status,
    headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
  });
}
