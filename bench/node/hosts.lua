-- Asks all hosts in turn: s0.example, s1.example ... The argument is how many there are.

local requests = {}
local turn = 0

function init(args)
  for host = 0, tonumber(args[1]) - 1 do
    requests[host] = wrk.format("GET", "/", { Host = "s" .. host .. ".example" })
  end
end

function request()
  turn = turn + 1
  return requests[turn % (#requests + 1)]
end
