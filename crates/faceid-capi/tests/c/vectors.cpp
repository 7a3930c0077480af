// What vectors.c does, as a C++ program does it: `vectors FILE`. Prints how many there were of each kind.

#include <faceid.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace {

struct Free {
    void operator()(faceid_signer *signer) const { faceid_signer_free(signer); }
};
using Signer = std::unique_ptr<faceid_signer, Free>;

void check(bool fine, std::string_view what, std::string_view name)
{
    if (!fine) {
        std::cerr << name << ": " << what << '\n';
        std::exit(1);
    }
}

// The value of a field in a line, unescaped.
std::optional<std::string> field(const std::string &line, const std::string &name)
{
    const std::string key = '"' + name + "\":\"";
    auto at = line.find(key);
    if (at == std::string::npos) {
        return std::nullopt;
    }
    std::string value;
    for (at += key.size(); line.at(at) != '"'; ++at) {
        char c = line.at(at);
        if (c == '\\') {
            c = line.at(++at);
            check(std::string_view("\"\\rn").find(c) != std::string_view::npos, "an escape never written", name);
            c = c == 'r' ? '\r' : c == 'n' ? '\n' : c;
        }
        value += c;
    }
    return value;
}

std::uint64_t number(const std::string &line, const std::string &name)
{
    return std::stoull(field(line, name).value());
}

// Asks for the length, then for the text.
template <typename Call> std::string text(Call call, std::string_view name)
{
    std::size_t len = 0;
    check(call(nullptr, 0, &len) == FACEID_STATUS_BUFFER_TOO_SMALL, "length asked for", name);
    // A std::string has room for the NUL after its last character.
    std::string out(len, '#');
    check(call(out.data(), len + 1, &len) == FACEID_STATUS_OK, "text asked for", name);
    check(len == out.size(), "another length", name);
    return out;
}

void sign_line(const std::string &line)
{
    const auto name = field(line, "name").value();
    const auto key = field(line, "api_key").value(), secret = field(line, "api_secret").value();
    const auto nonce = field(line, "nonce").value(), sign = field(line, "sign").value();
    const auto issued_at = number(line, "issued_at");
    const auto validity = static_cast<std::uint32_t>(number(line, "validity"));

    const auto once = [&](char *out, std::size_t capacity, std::size_t *len) {
        return faceid_sign(key.data(), key.size(), secret.data(), secret.size(), issued_at, nonce.data(), nonce.size(),
                           validity, out, capacity, len);
    };
    check(text(once, name) == sign, "another sign", name);

    faceid_signer *made = nullptr;
    check(faceid_signer_new(key.data(), key.size(), secret.data(), secret.size(), &made) == FACEID_STATUS_OK,
          "faceid_signer_new", name);
    const Signer signer(made);
    const auto prepared = [&](char *out, std::size_t capacity, std::size_t *len) {
        return faceid_signer_sign(signer.get(), issued_at, nonce.data(), nonce.size(), validity, out, capacity, len);
    };
    check(text(prepared, name) == sign, "another sign by the signer", name);
    check(faceid_signer_verify(signer.get(), sign.data(), sign.size(), issued_at) == FACEID_STATUS_OK,
          "faceid_signer_verify", name);
}

void refused_line(const std::string &line, const std::string &slip)
{
    const auto name = field(line, "name").value(), sign = field(line, "sign").value();
    const auto key = field(line, "api_key").value(), secret = field(line, "api_secret").value();
    const auto now = number(line, "now");
    const auto diagnose = [&](char *out, std::size_t capacity, std::size_t *len) {
        return faceid_diagnose(key.data(), key.size(), secret.data(), secret.size(), sign.data(), sign.size(), now, out,
                               capacity, len);
    };
    const auto found = text(diagnose, name);
    check(found.substr(0, found.find(':')) == (slip == "unrelated_secret" ? "unknown" : slip), found, name);
}

} // namespace

int main(int argc, char **argv)
{
    check(argc == 2, "give it a file of vectors", argv[0]);
    std::ifstream file(argv[1], std::ios::binary);
    check(file.is_open(), "cannot be opened", argv[1]);
    unsigned signs = 0, refused = 0;
    for (std::string line; std::getline(file, line);) {
        if (line.rfind("{\"name\":", 0) != 0) {
            continue;
        }
        if (const auto slip = field(line, "slip")) {
            refused_line(line, *slip);
            refused++;
        } else {
            sign_line(line);
            signs++;
        }
    }
    std::cout << signs << " signs, " << refused << " refused\n";
}
