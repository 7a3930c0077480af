#!/usr/bin/env ruby
# frozen_string_literal: true

# 旷视 FaceID：生成签名，调用 get_biz_token 获取 biz_token。单个文件，只用标准库，可直接复制到你的项目里。
#
# Megvii FaceID: signs, and gets a biz_token. One file on the standard library alone, to be copied. Ruby 3.0 or later.
#
#     ruby faceid.rb vectors FILE
#     FACEID_API_KEY=.. FACEID_API_SECRET=.. ruby faceid.rb token BASE_URL LIVENESS_ID [UUID]

require 'json'
require 'net/http'
require 'openssl'
require 'securerandom'
require 'timeout'
require 'uri'

module FaceId
  PATH = '/faceid/v5/sdk/get_biz_token'
  CONNECT_SECONDS = 5
  TOTAL_SECONDS = 15
  VALIDITY_SECONDS = 100
  LONGEST_ANSWER = 256 * 1024
  RUN_TOGETHER = /\A\s*(MISSING_ARGUMENTS|BAD_ARGUMENTS|AUTHORIZATION_ERROR)([^:_][^:]*)\z/i.freeze

  # The service, or a gateway before it, did not give a token.
  class Error < StandardError
    attr_reader :status, :code, :detail, :text, :request_id

    def initialize(status, text, request_id)
      # By the text, not by the status: one status stands for many errors. "X: y", "X:y" and "Xy" occur, in any case.
      code, _, detail = text.sub(RUN_TOGETHER, '\1:\2').partition(':')
      @code = code.strip.upcase
      @detail = detail.strip
      @status = status
      @text = text
      @request_id = request_id
      what = "#{@code.empty? ? 'NO_ERROR_CODE' : @code} #{@detail}".strip
      super(FaceId.shown("#{what} (HTTP #{status}, request_id #{request_id || 'none'})"))
    end
  end

  module_function

  # In one line, without what would steer a terminal.
  def shown(text)
    text.scrub.gsub(/(?:[[:space:]]|[[:cntrl:]])+/, ' ')
  end

  # Not by the text's own encoding: where the locale is not UTF-8, arguments have another one, and the right bytes.
  def check_text(field, text)
    return if text.dup.force_encoding(Encoding::UTF_8).valid_encoding?

    raise ArgumentError, "#{field}: broken text (not UTF-8)"
  end

  # The form field `sign`: whoever has it may use the key until it expires. A validity of 0 makes it single-use.
  def sign(key, secret, issued_at, nonce, validity)
    # Nothing is escaped in a sign, so a "&" in a key would start another field.
    unless key.is_a?(String) && key.b.match?(/\A(?! )[ -%'-<>-~]+(?<! )\z/)
      raise ArgumentError, 'api_key: empty, or with a character that no key has'
    end
    # A line end that came along from a file makes every sign wrong.
    if !secret.is_a?(String) || secret.empty? || secret.b != secret.b.strip ||
       secret.b.start_with?("\uFEFF".b) || secret.b.end_with?("\uFEFF".b)
      raise ArgumentError, 'api_secret: empty, or with blanks, a line end or a byte order mark around it'
    end
    # The nonce is text: its leading zeros are signed too. \z, as $ would let a line end pass.
    unless nonce.is_a?(String) && nonce.b.match?(/\A[0-9]{1,10}\z/)
      raise ArgumentError, 'nonce: not 1 to 10 digits'
    end
    unless [issued_at, validity].all? { |number| number.is_a?(Integer) && !number.negative? } &&
           issued_at + validity < 2**64
      raise ArgumentError, 'issued_at, validity: negative, too large, or no whole number'
    end
    # As seconds, after the year 5138.
    if (10**11...2**63).cover?(issued_at)
      raise ArgumentError, 'issued_at: in milliseconds or finer, not in seconds'
    end

    # Single use is b = 0, not b = c.
    expires_at = validity.zero? ? 0 : issued_at + validity
    raw = "a=#{key}&b=#{expires_at}&c=#{issued_at}&d=#{nonce}"
    # The digest's 20 bytes: hexdigest would give digits. m0 breaks no lines, m does.
    [OpenSSL::HMAC.digest('SHA1', secret, raw) + raw].pack('m0')
  end

  def new_nonce
    format('%010d', SecureRandom.random_number(10**10))
  end

  # The service's answer, with biz_token and request_id. A uuid of nil is not sent. Signs anew on every call.
  def get_biz_token(base_url, key, secret, liveness_id, uuid = nil)
    raise ArgumentError, 'liveness_id: empty, or no String' unless liveness_id.is_a?(String) && !liveness_id.empty?
    raise ArgumentError, 'uuid: empty, or no String' unless uuid.nil? || (uuid.is_a?(String) && !uuid.empty?)

    stamp = sign(key, secret, Time.now.to_i, new_nonce, VALIDITY_SECONDS)
    fields = { sign: stamp, sign_version: 'hmac_sha1', liveness_id: liveness_id, uuid: uuid }.compact
    fields.each { |name, value| check_text(name, value) }
    status, body = post(URI(base_url.sub(%r{/+\z}, '') + PATH), fields)
    answer = begin
      JSON.parse(body)
    rescue JSON::ParserError
      nil # A gateway's page.
    end
    answer = {} unless answer.is_a?(Hash)
    # Whatever it is, an error beside a token counts.
    error = answer.values_at('error', 'error_message').reject { |value| value.nil? || value == '' }.first
    # allow_nan: 1e999 is read as infinity, for which JSON has no word.
    text = error.is_a?(String) || error.nil? ? error.to_s : JSON.generate(error, allow_nan: true)
    token = answer['biz_token']
    if text != '' || status != 200 || !token.is_a?(String) || !token.match?(/\A[^[:cntrl:]\uFFFD]+\z/)
      request_id = answer['request_id']
      raise Error.new(status, text, request_id.is_a?(String) && !request_id.empty? ? request_id : nil)
    end

    answer
  end

  # Status and body.
  def post(url, fields)
    local = %w[127.0.0.1 ::1 localhost].include?(url.hostname&.downcase)
    unless url.scheme == 'https' || (url.scheme == 'http' && local)
      raise ArgumentError, 'base URL: https is required beyond this machine'
    end

    # Not set_form: it writes the form, sign and all, to a file in /tmp. No filename: it would make a part a file.
    boundary = SecureRandom.hex(16)
    parts = fields.map do |name, value|
      "--#{boundary}\r\nContent-Disposition: form-data; name=\"#{name}\"\r\n\r\n".b + value.b + "\r\n"
    end
    headers = { 'Content-Type' => "multipart/form-data; boundary=#{boundary}", 'Accept-Encoding' => 'identity' }
    request = Net::HTTP::Post.new(url, headers)
    request.body = "#{parts.join}--#{boundary}--\r\n"

    http = Net::HTTP.new(url.hostname, url.port)
    http.use_ssl = url.scheme == 'https'
    http.verify_mode = OpenSSL::SSL::VERIFY_PEER
    http.open_timeout = http.ssl_timeout = CONNECT_SECONDS
    http.max_retries = 0
    body = +''
    # read_timeout counts each read anew. No redirect is followed: the other host would get the sign.
    response = Timeout.timeout(TOTAL_SECONDS, nil, "no answer within #{TOTAL_SECONDS} s") do
      http.request(request) do |incoming|
        incoming.read_body do |chunk|
          body << chunk
          raise IOError, "the answer is longer than #{LONGEST_ANSWER} bytes" if body.bytesize > LONGEST_ANSWER
        end
      end
    end
    # Without asking, an answer that broke off counts as whole.
    raise EOFError, 'the answer breaks off' if (response.content_length || 0) > body.bytesize

    [response.code.to_i, body.force_encoding(Encoding::UTF_8).scrub]
  end

  def main(command = nil, *arguments)
    case [command, arguments.size]
    when ['vectors', 1]
      vectors = JSON.parse(File.read(arguments[0], encoding: 'UTF-8'))['sign']
      passed = vectors.count do |v|
        v['sign'] == sign(v['api_key'], v['api_secret'], v['issued_at'].to_i, v['nonce'], v['validity'].to_i)
      end
      puts "#{passed} passed, #{vectors.size - passed} failed"
      passed.positive? && passed == vectors.size ? 0 : 1
    when ['token', 2], ['token', 3]
      # Neither from the command line, which every user of the machine can read, nor from the source.
      key, secret = %w[FACEID_API_KEY FACEID_API_SECRET].map { |name| ENV.fetch(name, '') }
      begin
        puts get_biz_token(arguments[0], key, secret, *arguments[1..])['biz_token']
        0
      rescue StandardError => e
        warn "faceid: #{shown(e.message)}"
        4
      end
    else
      warn 'usage: faceid.rb vectors FILE | token BASE_URL LIVENESS_ID [UUID]'
      2
    end
  end
end

exit FaceId.main(*ARGV) if $PROGRAM_NAME == __FILE__
