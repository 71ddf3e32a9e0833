-- One request again and again, or the lines of a file in turn; the result as a line of JSON.
-- Arguments: METHOD PATH AUTHORIZATION [BODIES_FILE]
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

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests": %d, "seconds": %f, "refused": %d, "failed": %d, "p50_ms": %f, "p99_ms": %f}\n',
    summary.requests, summary.duration / 1e6, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
