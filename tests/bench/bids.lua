-- Bids, each with a key of its own: a third meant to win, a third to lose, a third below the
-- minimum. Arguments: METHOD PATH AUTHORIZATION AUCTIONS_FILE (an auction's URL and the cents that
-- its price has come to, a line).
require "result"

local auctions, prices, turn, run = {}, {}, 0, ""

function init(args)
  wrk.method, wrk.path = args[1], args[2]
  wrk.headers["Authorization"], wrk.headers["Content-Type"] = args[3], "application/json"
  for line in io.lines(args[4]) do
    auctions[#auctions + 1], prices[#prices + 1] = line:match("(%S+) (%d+)")
  end
  run = tostring(os.time()) .. tostring(auctions):gsub("%W", "")
end

function request()
  turn = turn + 1
  local auction = turn % #auctions + 1
  local cents = prices[auction] + 1000 * math.floor(turn / #auctions) + 2000
  if turn % 3 == 1 then cents = cents - 400 elseif turn % 3 == 2 then cents = 100 end
  wrk.headers["Idempotency-Key"] = run .. "-" .. turn
  return wrk.format(nil, nil, nil, string.format(
    '{"auction":"%s","bidder":"http://a.test/customers/%d","maximum":{"amount":"%d.%02d","currency":"USD"}}',
    auctions[auction], turn % 50, math.floor(cents / 100), cents % 100))
end
