/** A fresh project in JavaScript. */

import type { ProjectTemplate } from "./project_template.ts";

const main = String.raw`export default {
  fetch(request, env) {
    const { pathname } = new URL(request.url);
    return new Response(${'`${env.GREETING ?? "Hello"} from JavaScript!\\n${request.method} ${pathname}\\n`'});
  },
};
`;

export const javascript: ProjectTemplate = {
  title: "JavaScript",
  sources: new Map([["main.js", main]]),
  note:
    "`fetch` gets a Request and the variables of `[env]`, and returns a Response; it may be async. The route's\n" +
    "prefix is `env.SCRIPT_NAME`, the request's number in the log `env.REQUEST_ID`. Each request\n" +
    "begins anew: nothing that the program keeps in a variable is there the next time. `console.log` writes to\n" +
    "the log. Files of the project may import each other as `./name.js`.",
};
