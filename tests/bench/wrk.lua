-- One request again and again, or the lines of a file in turn.
-- Arguments: METHOD PATH AUTHORIZATION [BODIES_FILE]
require "result"

local requests, turn = {}, 0

function init(args)
  local headers = { ["Authorization"] = args[3], ["Content-Type"] = "application/json", ["Accept"] = "application/json" }
  if args[4] then
    for body in io.lines(args[4]) do
      requests[#requests + 1] = wrk.format(args[1], args[2], headers, body)
    end
  else
    requests[1] = wrk.format(args[1], args[2], headers)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
