// Signs the vendor's vector in C++17.
//
//     cargo xtask dist --prefix "$PWD/target/prefix" && export PKG_CONFIG_PATH="$PWD/target/prefix/lib/pkgconfig"
//     c++ -std=c++17 examples/embed/cpp/sign.cpp $(pkg-config --cflags --libs faceid) -o target/sign
//     LD_LIBRARY_PATH="$PWD/target/prefix/lib" target/sign

#include <faceid.h>

#include <cstdint>
#include <exception>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

class Signer {
public:
    Signer(std::string_view key, std::string_view secret)
    {
        faceid_signer *signer = nullptr;
        check(faceid_signer_new(key.data(), key.size(), secret.data(), secret.size(), &signer));
        signer_.reset(signer);
    }

    std::string sign(std::uint64_t issued_at, std::string_view nonce, std::uint32_t validity) const
    {
        return text([&](char *out, std::size_t capacity, std::size_t *len) {
            return faceid_signer_sign(signer_.get(), issued_at, nonce.data(), nonce.size(), validity, out, capacity, len);
        });
    }

    // What a service calls, for each request anew.
    std::string sign_now(std::uint32_t validity) const
    {
        return text([&](char *out, std::size_t capacity, std::size_t *len) {
            return faceid_signer_sign_now(signer_.get(), validity, out, capacity, len);
        });
    }

private:
    struct Free {
        void operator()(faceid_signer *signer) const { faceid_signer_free(signer); }
    };
    std::unique_ptr<faceid_signer, Free> signer_;

    static void check(faceid_status status)
    {
        if (status != FACEID_STATUS_OK) {
            throw std::runtime_error(faceid_status_message(status));
        }
    }

    // Asks for the length first: it depends on the key's. A std::string has room for the NUL.
    template <typename Call> static std::string text(Call call)
    {
        std::size_t len = 0;
        const faceid_status status = call(nullptr, 0, &len);
        if (status != FACEID_STATUS_BUFFER_TOO_SMALL) {
            check(status);
        }
        std::string out(len, '\0');
        check(call(out.data(), len + 1, &len));
        return out;
    }
};

int main()
{
    try {
        const Signer signer("ICVvC_xUs6177WEtyUNwIH8J6NfGu50t", "UjYGdN9CBZKsDBLB5-5v3DykPXY6dw3q");
        std::cout << signer.sign(1530762118, "0799687066", 100) << '\n';
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
