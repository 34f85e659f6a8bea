/** The prelude's modules, by name: JavaScript that runs in the guest before the program does. */

import body from "./prelude/body.js" with { type: "text" };
import cgi from "./prelude/cgi.js" with { type: "text" };
import encoding from "./prelude/encoding.js" with { type: "text" };
import headers from "./prelude/headers.js" with { type: "text" };
import host from "./prelude/host.js" with { type: "text" };
import inspect from "./prelude/inspect.js" with { type: "text" };
import main from "./prelude/main.js" with { type: "text" };
import output from "./prelude/output.js" with { type: "text" };
import percent from "./prelude/percent.js" with { type: "text" };
import request from "./prelude/request.js" with { type: "text" };
import response from "./prelude/response.js" with { type: "text" };
import skerry from "./prelude/skerry.js" with { type: "text" };
import skerryCache from "./prelude/skerry_cache.js" with { type: "text" };
import skerryFetch from "./prelude/skerry_fetch.js" with { type: "text" };
import skerryKeys from "./prelude/skerry_keys.js" with { type: "text" };
import skerryPack from "./prelude/skerry_pack.js" with { type: "text" };
import skerrySettings from "./prelude/skerry_settings.js" with { type: "text" };
import timers from "./prelude/timers.js" with { type: "text" };
import url from "./prelude/url.js" with { type: "text" };
import urlHost from "./prelude/url_host.js" with { type: "text" };
import urlSearchParams from "./prelude/url_search_params.js" with { type: "text" };
import utf8 from "./prelude/utf8.js" with { type: "text" };
import world from "./prelude/world.js" with { type: "text" };

/** Text of each module. Inside the guest a module's name has {@link preludeScheme} before it. */
export const prelude: ReadonlyMap<string, string> = new Map([
  ["body.js", body],
  ["cgi.js", cgi],
  ["encoding.js", encoding],
  ["headers.js", headers],
  ["host.js", host],
  ["inspect.js", inspect],
  ["main.js", main],
  ["output.js", output],
  ["percent.js", percent],
  ["request.js", request],
  ["response.js", response],
  ["skerry.js", skerry],
  ["skerry_cache.js", skerryCache],
  ["skerry_fetch.js", skerryFetch],
  ["skerry_keys.js", skerryKeys],
  ["skerry_pack.js", skerryPack],
  ["skerry_settings.js", skerrySettings],
  ["timers.js", timers],
  ["url.js", url],
  ["url_host.js", urlHost],
  ["url_search_params.js", urlSearchParams],
  ["utf8.js", utf8],
  ["world.js", world],
]);

/** Keeps the prelude's modules apart from a project's files. */
export const preludeScheme = "skerry:";
