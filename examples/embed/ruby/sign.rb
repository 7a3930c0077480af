# frozen_string_literal: true

# Signs the vendor's vector in Ruby, through Fiddle, which is in its standard library.
#
#     cargo xtask dist --prefix "$PWD/target/prefix"
#     export LD_LIBRARY_PATH="$PWD/target/prefix/lib"
#     ruby examples/embed/ruby/sign.rb

require 'fiddle/import'

module FaceId
  extend Fiddle::Importer

  dlload 'libfaceid.so.0'
  typealias 'uint64_t', 'unsigned long long'
  typealias 'uint32_t', 'unsigned int'
  extern 'uint32_t faceid_sign(const char *key, size_t key_len, const char *secret, size_t secret_len,
          uint64_t issued_at, const char *nonce, size_t nonce_len, uint32_t validity,
          char *out, size_t capacity, size_t *out_len)'
  extern 'const char *faceid_status_message(uint32_t status)'

  # A sign of the given time and nonce. In a service: faceid_sign_now, for each request anew.
  def self.sign(key, secret, issued_at, nonce, validity)
    # Fiddle takes a negative number as unsigned: a validity of -1 would be 4294967295.
    unless [issued_at, validity].all?(Integer) && (0...2**64).cover?(issued_at) && (0...2**32).cover?(validity)
      raise ArgumentError, 'issued_at: not 0 to 2**64 - 1, or validity: not 0 (single use) to 2**32 - 1'
    end

    # Room for an api_key of up to about 100 characters: a longer one gets an error, not a cut sign.
    out = "\0".b * 256
    length = [0].pack('J')
    status = faceid_sign(key, key.bytesize, secret, secret.bytesize, issued_at, nonce, nonce.bytesize, validity,
                         out, out.bytesize, length)
    raise ArgumentError, faceid_status_message(status).to_s unless status.zero?

    out.byteslice(0, length.unpack1('J'))
  end
end

# In a service, from its configuration. These are the ones that the vendor publishes.
key = 'ICVvC_xUs6177WEtyUNwIH8J6NfGu50t'
secret = 'UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q'
puts FaceId.sign(key, secret, 1_530_762_118, '0799687066', 100)
