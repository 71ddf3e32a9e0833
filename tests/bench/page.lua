-- Browsers that GET a page in turn, each with its cookie, and with the ETag of the copy it has if
-- one follows on the line. Arguments: wrk.lua's, with a file of cookies and ETags with a tab
-- between, one a line, in place of bodies; without it a browser that has none.
require "result"

local asked, turn = {}, 0

function init(args)
  local headers = {
    ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8", ["Accept-Language"] = "en" }
  asked[1] = wrk.format(args[1], args[2], headers)
  if args[4] then
    asked = {}
    for line in io.lines(args[4]) do
      headers["Cookie"], headers["If-None-Match"] = line:match("^([^\t]*)\t?(.*)$")
      if headers["If-None-Match"] == "" then headers["If-None-Match"] = nil end
      asked[#asked + 1] = wrk.format(args[1], args[2], headers)
    end
  end
end

function request()
  turn = turn % #asked + 1
  return asked[turn]
end
