import assert from "node:assert/strict";
import { allowedTrailers, takesTrailers } from "./trailers.ts";

Deno.test("a trailer carries what decides nothing, and nothing else", () => {
  const allowed = [["Digest", "a"], ["grpc-status", "0"], ["Server-Timing", "x"]] as const;
  assert.equal(allowedTrailers(allowed), allowed);
  for (
    const name of [
      ...["Host", "Content-Length", "TRANSFER-ENCODING", "Trailer", "TE", "Connection"],
      ...["Authorization", "Cookie", "set-cookie", "Expect", "Range", "If-None-Match"],
      ...["X-Forwarded-For", "Forwarded", "Content-Type", "Cache-Control", "not a token", ""],
    ]
  ) {
    assert.deepEqual(allowedTrailers([["a", "1"], [name, "x"], ["b", "2"]]), [["a", "1"], [
      "b",
      "2",
    ]], name);
  }
});

Deno.test("a client takes trailers where its TE names them, among others or alone", () => {
  for (const te of ["trailers", "Trailers", "gzip;q=0.5, trailers", "trailers ,deflate"]) {
    assert.ok(takesTrailers(te), te);
  }
  for (const te of ["", "gzip", "xtrailers", "trailers;q=0", "no trailers"]) {
    assert.ok(!takesTrailers(te), te);
  }
});
