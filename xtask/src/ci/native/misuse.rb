# frozen_string_literal: true

require_relative '../../../../examples/native/ruby/faceid'

def call(base_url: 'http://127.0.0.1:1', secret: 'tell-nobody', scene: 'scene', uuid: 'tell-nobody')
  FaceId.get_biz_token(base_url, 'key', secret, scene, uuid)
end

{
  'no key' => -> { FaceId.sign(nil, 'tell-nobody', 1, '1', 0) },
  'no scene' => -> { call(scene: nil) },
  'broken scene' => -> { call(scene: "tell-nobody\xFF") },
  'broken uuid' => -> { call(uuid: "tell-nobody\xFF") },
  'false for a validity' => -> { FaceId.sign('key', 'tell-nobody', 1, '1', false) },
  'negative validity' => -> { FaceId.sign('key', 'tell-nobody', 1_530_762_118, '1', -100) },
  'negative time' => -> { FaceId.sign('key', 'tell-nobody', -1, '1', 0) },
  'a time of 2^70' => -> { FaceId.sign('key', 'tell-nobody', 2**70, '1', 0) },
  'an expiry too late' => -> { FaceId.sign('key', 'tell-nobody', 2**64 - 1, '1', 1) },
  'milliseconds' => -> { FaceId.sign('key', 'tell-nobody', 1_530_762_118_000, '1', 100) },
  'http beyond this machine' => -> { call(base_url: 'http://faceid.example') },
  'two calls' => -> { Array.new(2) { call(base_url: ENV.fetch('KEPT_URL')) } }
}.each do |name, misuse|
  puts "#{name}: no error: #{misuse.call}"
rescue StandardError => e
  puts "#{name}: #{e.inspect}"
end
