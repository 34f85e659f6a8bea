import { ApiError } from "./problem.js";

const itemsMax = 50;
const quantityMax = 1000;

/** Checks an order and collects everything that is wrong with it, not only the first thing. */
export function parseOrder(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ApiError(422, "the order must be an object");
  }
  const details = [...itemFaults(value.items), ...couponFaults(value.coupon)];
  if (details.length > 0) throw new ApiError(422, "the order is not valid", details);
  return { items: value.items, coupon: value.coupon };
}

function itemFaults(items) {
  if (!Array.isArray(items) || items.length === 0) return ["items: expected a list with an item or more"];
  if (items.length > itemsMax) return [`items: at most ${itemsMax}`];
  return items.flatMap((item, index) => {
    const faults = [];
    if (typeof item?.id !== "string") faults.push(`items[${index}].id: expected a string`);
    const { quantity } = item ?? {};
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > quantityMax) {
      faults.push(`items[${index}].quantity: expected a whole number from 1 to ${quantityMax}`);
    }
    return faults;
  });
}

function couponFaults(coupon) {
  return coupon === undefined || typeof coupon === "string" ? [] : ["coupon: expected a string"];
}
