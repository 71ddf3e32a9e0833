# Makes every call of routemaster's client; says what came back as JSON.
url, root_key = ARGV
Bus = Routemaster::Client

def as(url, token)
  Bus::Configuration.reset
  Bus::Connection.reset_connection
  Bus.configure { |c| c.url = url; c.uuid = token }
end

as(url, root_key)
made = Bus.token_add(name: 'shop')
chosen = Bus.token_add(name: 'other', token: 'chosen-token_of_another-service')

as(url, made)
%i[created updated deleted noop].each do |call|
  Bus.public_send(call, 'widgets', "https://shop.example/widgets/#{call}", t: 5, data: { 'a' => 1 })
end
Bus.subscribe(topics: %w[widgets gadgets], callback: 'https://shop.example/events', uuid: 'u-1',
              timeout: 500, max: 7)
topics = Bus.monitor_topics.map(&:attributes)
subscriptions = Bus.monitor_subscriptions.map(&:attributes)
Bus.unsubscribe('gadgets')
left = Bus.monitor_subscriptions.map(&:topics)
Bus.unsubscribe_all
Bus.delete_topic('widgets')
after = Bus.monitor_subscriptions.map(&:attributes)

as(url, root_key)
listed = Bus.token_list
Bus.token_del(token: made)
unknown = begin
  Bus.token_del(token: made)
rescue Bus::ConnectionError => e
  e.message
end
puts Oj.dump({ 'made' => made, 'chosen' => chosen, 'topics' => topics,
               'subscriptions' => subscriptions, 'left' => left, 'after' => after,
               'listed' => listed.to_a, 'unknown' => unknown }, mode: :compat)
