// A sticky A/B router: the first request draws a variant by weight, a cookie keeps it.

import { choose, find, parseVariants, Variant } from "./variants";
import { cookieValue } from "./cookie";
import { page } from "./pages";
import { explanation } from "./explain";
import { randomU32, variable, write } from "./wasi";

const cookieName = variable("COOKIE", "ab-variant");
const variants = parseVariants(variable("VARIANTS", "classic=50,fresh=50"));
// CGI splits the path: the route's prefix, by which links lead back here, and the rest.
const base = variable("SCRIPT_NAME", "");
const cookiePath = base == "" ? "/" : base;
const path = variable("PATH_INFO", "/");
const method = variable("REQUEST_METHOD", "GET");

if (method != "GET" && method != "HEAD") {
  answer("405 Method Not Allowed", "text/plain; charset=utf-8", "Allow: GET, HEAD\n", "GET or HEAD, please\n");
} else if (variants.length == 0) {
  write(2, "VARIANTS has no variant: expected name=weight,name=weight\n");
  answer("500 Internal Server Error", "text/plain; charset=utf-8", "", "no variant is configured\n");
} else if (path == "/reset") {
  const cookie = `Set-Cookie: ${cookieName}=; Path=${cookiePath}; Max-Age=0\n`;
  answer("303 See Other", "text/plain; charset=utf-8", `Location: ${base}/\n` + cookie, "forgotten\n");
} else {
  route();
}

function route(): void {
  const remembered = find(variants, cookieValue(variable("HTTP_COOKIE", ""), cookieName));
  // A variant that was taken out of the configuration is drawn anew.
  const chosen = remembered !== null ? remembered : choose(variants, randomU32());
  let fields = "Cache-Control: private, no-store\nVary: Cookie\n";
  if (remembered === null) {
    fields += `Set-Cookie: ${cookieName}=${chosen.name}; Path=${cookiePath}; Max-Age=2592000; HttpOnly; SameSite=Lax\n`;
  }
  if (path == "/explain") {
    answer("200 OK", "application/json", fields, explanation(variants, chosen, remembered !== null));
  } else {
    answer("200 OK", "text/html; charset=utf-8", fields, page(chosen, base, path));
  }
}

function answer(status: string, type: string, fields: string, body: string): void {
  write(1, `Status: ${status}\nContent-Type: ${type}\n${fields}\n${body}`);
}
