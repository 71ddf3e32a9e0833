-- Browsers that GET a page in turn, each with its cookie. Arguments: wrk.lua's, with a file of
-- cookies, one a line, in place of bodies; without it a browser that has none.
require "result"

local asked, turn = {}, 0

function init(args)
  local headers = {
    ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8", ["Accept-Language"] = "en" }
  asked[1] = wrk.format(args[1], args[2], headers)
  if args[4] then
    asked = {}
    for cookie in io.lines(args[4]) do
      headers["Cookie"] = cookie
      asked[#asked + 1] = wrk.format(args[1], args[2], headers)
    end
  end
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end
