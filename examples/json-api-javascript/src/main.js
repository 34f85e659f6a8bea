// A price calculator for a small shop, as a JSON API. It keeps nothing between requests: what a client
// sends is all there is.

import { catalogue, findProduct } from "./catalogue.js";
import { ApiError, problem } from "./problem.js";
import { route } from "./router.js";
import { parseOrder } from "./validate.js";

const routes = [
  ["GET", "/", listRoutes],
  ["GET", "/products", listProducts],
  ["GET", "/products/:id", ({ params }) => productOr404(params.id)],
  ["POST", "/orders/quote", quote],
];

export default {
  async fetch(request, env) {
    try {
      // The route's prefix, under which this program answers.
      const { handler, params } = route(routes, request, env.SCRIPT_NAME);
      const result = await handler({ request, env, params, query: new URL(request.url).searchParams });
      return Response.json(result, { headers: { "cache-control": "no-store" } });
    } catch (fault) {
      if (fault instanceof ApiError) return problem(fault);
      console.error(fault);
      return problem(new ApiError(500, "internal error"));
    }
  },
};

function listRoutes({ env }) {
  return { routes: routes.map(([method, path]) => `${method} ${env.SCRIPT_NAME}${path}`) };
}

function listProducts({ query }) {
  const most = Number(query.get("maxPrice") ?? Infinity);
  if (Number.isNaN(most)) throw new ApiError(400, "maxPrice must be a number");
  const search = query.get("q")?.toLowerCase() ?? "";
  const products = catalogue.filter(({ name, price }) =>
    price <= most && name.toLowerCase().includes(search)
  );
  return { products, count: products.length };
}

function productOr404(id) {
  const product = findProduct(id);
  if (product === undefined) throw new ApiError(404, `there is no product "${id}"`);
  return product;
}

async function quote({ request, env }) {
  const { items, coupon } = parseOrder(await readJson(request));
  const lines = items.map(({ id, quantity }) => {
    const { name, price } = productOr404(id);
    return { id, name, quantity, total: price * quantity };
  });
  const subtotal = lines.reduce((sum, { total }) => sum + total, 0);
  const discount = coupon === "SKERRY10" ? Math.round(subtotal / 10) : 0;
  return { currency: env.CURRENCY ?? "EUR", lines, subtotal, discount, total: subtotal - discount };
}

async function readJson(request) {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) throw new ApiError(415, "send application/json");
  try {
    return await request.json();
  } catch (cause) {
    throw new ApiError(400, "the body is not JSON", [cause.message]);
  }
}
