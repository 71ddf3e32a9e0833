# routemaster's client talks https only; the bus of a test has no certificate.
require 'routemaster/cli/top_level'

module PlainHttp
  def assert_valid_url_throwing_error!(*); end
end
Routemaster::Client.singleton_class.prepend PlainHttp
Routemaster::Client::Configuration.singleton_class.prepend PlainHttp

module PlainBus
  def _bus_url
    super.sub('https://', 'http://')
  end
end
Routemaster::CLI::Helper.prepend PlainBus
