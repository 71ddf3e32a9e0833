-- Deliveries that were signed beforehand: each line of the file is
-- AUTHORIZATION <tab> ID <tab> TIMESTAMP <tab> SIGNATURE <tab> BODY. Arguments as wrk.lua's.
require "result"

local requests, turn = {}, 0

function init(args)
  for line in io.lines(args[4]) do
    local authorization, id, timestamp, signature, body = line:match("(.-)\t(.-)\t(.-)\t(.-)\t(.*)")
    requests[#requests + 1] = wrk.format(args[1], args[2], {
      ["Authorization"] = authorization, ["Content-Type"] = "application/json",
      ["webhook-id"] = id, ["webhook-timestamp"] = timestamp, ["webhook-signature"] = signature }, body)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end
