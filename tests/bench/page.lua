-- A browser's GET, again and again. Arguments as wrk.lua's.
require "result"

local asked

function init(args)
  asked = wrk.format(args[1], args[2], {
    ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8", ["Accept-Language"] = "en" })
end

function request()
  return asked
end
