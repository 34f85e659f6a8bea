import { equal } from "node:assert/strict";
import { canonicalOrigin } from "./origin.ts";

Deno.test("an origin is a scheme, a host and a port, and nothing else", () => {
  equal(canonicalOrigin("http://127.1:8080"), "http://127.0.0.1:8080");
  const refused = ["http://a/b", "http://a?x", "http://u:p@a", "http://", "//a", "a", "http://a:0"];
  const more = ["file:///x", "http://a:99999", "http://a\\b", "http:///a", "javascript://a", ""];
  for (const text of [...refused, ...more]) equal(canonicalOrigin(text), undefined, text);
});
