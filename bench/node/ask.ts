/** One request to a host by its name, wherever the server is: `fetch` names the host that its URL has. */

import { get } from "node:http";

/** What is answered, as `200 hello`. */
export function ask(url: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, async (response) => {
      try {
        let text = "";
        for await (const piece of response.setEncoding("utf8")) text += piece;
        resolve(`${response.statusCode} ${text}`);
      } catch (error) {
        reject(error);
      }
    }).on("error", reject);
  });
}
