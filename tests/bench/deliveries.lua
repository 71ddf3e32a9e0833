-- Deliveries that were signed beforehand: each line of the file is
-- AUTHORIZATION <tab> ID <tab> TIMESTAMP <tab> SIGNATURE <tab> BODY. Arguments as wrk.lua's.
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

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %f, "refused": %d, "failed": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
