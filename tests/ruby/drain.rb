# Gives routemaster's drain one delivery; says what it answered and what its listener was told.
require 'json'
require 'stringio'
require 'routemaster/drain/basic'

delivery = JSON.parse($stdin.read)
heard = []
drain = Routemaster::Drain::Basic.new(uuid: [delivery['uuid']])
drain.on(:events_received) { |batch| heard.concat(batch.map(&:to_h)) }
status, = drain.call(
  'REQUEST_METHOD' => 'POST', 'PATH_INFO' => '/', 'SCRIPT_NAME' => '',
  'CONTENT_TYPE' => delivery['headers']['Content-Type'],
  'HTTP_AUTHORIZATION' => delivery['headers']['Authorization'],
  'rack.input' => StringIO.new(delivery['body'])
)
puts JSON.generate('status' => status, 'heard' => heard)
