# A receiver with nothing but Ruby and webrick: PORT=9100 ruby receiver.rb
require "json"
require "openssl"
require "set"
require "webrick"

KEY = ENV.fetch("WEBHOOK_SECRET").delete_prefix("whsec_").unpack1("m")
KNOWN = Set.new # yours is a table with a unique index
ONE_AT_A_TIME = Mutex.new

def signed?(request, body)
  at = request["webhook-timestamp"].to_s
  return false unless at.match?(/\A\d+\z/) && (Time.now.to_i - at.to_i).abs <= 300

  digest = OpenSSL::HMAC.digest("SHA256", KEY, "#{request["webhook-id"]}.#{at}.".b + body)
  ours = "v1,#{[digest].pack("m0")}"
  request["webhook-signature"].to_s.split.any? { |one| OpenSSL.secure_compare(one, ours) }
end

server = WEBrick::HTTPServer.new(
  BindAddress: "127.0.0.1", Port: ENV.fetch("PORT").to_i, AccessLog: [], Logger: WEBrick::Log.new(nil, 0)
)
server.mount_proc("/events") do |request, response|
  body = request.body.to_s.b
  next response.status = 401 unless signed?(request, body)

  JSON.parse(body).each do |event|
    ONE_AT_A_TIME.synchronize do
      next unless KNOWN.add?([event["id"], request["bus-replay"]])

      puts "#{event["type"]} #{event["url"]}" # fetch it, and act
      $stdout.flush
    end
  end
  response.status = 204
end
server.start
