import { ApiError } from "./problem.js";

/**
 * Finds the handler for a request, by its path behind the base. A path that exists with other methods is a
 * 405 that names them.
 */
export function route(routes, request, base) {
  const pathname = new URL(request.url).pathname.slice(base.length) || "/";
  const here = routes.flatMap(([method, pattern, handler]) => {
    const params = match(pattern, pathname);
    return params === undefined ? [] : [{ method, handler, params }];
  });
  if (here.length === 0) throw new ApiError(404, `there is nothing at ${pathname}`);
  const method = request.method === "HEAD" ? "GET" : request.method;
  const found = here.find((candidate) => candidate.method === method);
  if (found !== undefined) return found;
  const allow = here.map((candidate) => candidate.method).join(", ");
  throw new ApiError(405, `${request.method} is not allowed here`, [], { allow });
}

/** `/products/:id` against `/products/rope` gives `{ id: "rope" }`. */
function match(pattern, pathname) {
  const names = pattern.split("/");
  const parts = pathname.split("/");
  if (names.length !== parts.length) return undefined;
  const params = {};
  for (const [index, name] of names.entries()) {
    const part = parts[index];
    if (name.startsWith(":") && part !== "") params[name.slice(1)] = decode(part);
    else if (name !== part) return undefined;
  }
  return params;
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError(400, "the path is not encoded properly");
  }
}
