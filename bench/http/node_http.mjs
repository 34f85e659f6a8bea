// The same response from Node's own server.
import { createServer } from "node:http";

const server = createServer((_, response) => {
  response.setHeader("content-type", "text/plain");
  response.end("hello\n");
});
server.listen(0, "127.0.0.1", () => console.error(`http://127.0.0.1:${server.address().port}`));
