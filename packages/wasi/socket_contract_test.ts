/** The sockets' contract, in memory and on this machine's own TCP. */

import { encodeUtf8 } from "@skerry/base";
import { listenTcp, systemClock } from "@skerry/platform";
import { testSockets } from "./testing/socket_contract.ts";
import { TestListener } from "./testing/sockets.ts";

testSockets("in memory", systemClock, () => {
  const listener = new TestListener();
  return {
    listener,
    connect() {
      const peer = listener.connect();
      return {
        send: (text) => peer.send(text),
        end: () => {
          // The end is as often as it is asked for.
          for (let time = 0; time < 9; time += 1) peer.send("");
        },
        receive: () => peer.whole,
        close: () => {},
      };
    },
  };
});

testSockets("TCP", systemClock, () => {
  const listener = listenTcp({ hostname: "127.0.0.1", port: 0 });
  return {
    listener,
    async connect() {
      const socket = await Deno.connect(listener.address);
      return {
        send: async (text) => void await socket.write(encodeUtf8(text)),
        end: () => socket.closeWrite(),
        receive: () => new Response(socket.readable).text(),
        close: () => {
          try {
            socket.close();
          } catch {
            // Reading to the end has closed it.
          }
        },
      };
    },
  };
});
