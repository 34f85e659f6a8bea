// The module "skerry": what a program may call beyond WASI. A module that nobody imports is not evaluated.

export { KeyValueError, kv } from "./skerry_keys.js";
export { fetch } from "./skerry_fetch.js";
