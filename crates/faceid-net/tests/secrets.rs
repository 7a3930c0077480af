//! Nothing that is public shows a password of a proxy, a private key or a secret.

use faceid_net::{Network, Proxy, ProxyUrl, Roots};
use faceid_types::{Config, ConfigError, Context, Credentials, Region};

const MARK: &str = "marked";

fn shown(error: &ConfigError) -> String {
    let source = std::error::Error::source(error).map(|source| format!("{source} {source:?}"));
    format!("{error} {error:?} {error:#?} {source:?}")
}

#[test]
fn nothing_shows_what_it_holds() {
    let context =
        Context::new(Config::new(Region::China, Credentials::new("fake-key", "marked-secret").unwrap()))
            .unwrap();
    let own = rcgen::generate_simple_self_signed(["fake.invalid".to_owned()]).unwrap();
    let chain = own.cert.pem();
    let marked = format!("-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----\n");
    let mut texts = Vec::new();
    for url in [
        "http://user:marked@proxy.invalid:8080",
        "user:marked@proxy.invalid",
        "socks5://user:marked@proxy.invalid",
        "http://user:marked@proxy.invalid:port",
        "http://user:mark ed:marked@",
        "http://:marked@",
    ] {
        let url = ProxyUrl::new(url);
        let proxy = Proxy::Url(url.clone());
        texts.push(format!("{url:?} {proxy:?}"));
        for roots in [Roots::System, Roots::Pem(marked.clone().into()), Roots::Both(chain.clone().into())] {
            texts.push(format!("{roots:?}"));
            for key in [marked.clone(), MARK.to_owned(), String::new()] {
                let network = Network::default()
                    .roots(roots.clone())
                    .client_certificate(chain.clone(), key)
                    .proxy(proxy.clone());
                texts.push(format!("{network:?} {network:#?}"));
                texts.extend(network.proxy_for(&context).err().map(|error| shown(&error)));
                texts.push(shown(&network.tls_config(&context).expect_err("no key")));
            }
        }
    }
    assert!(texts.len() > 100, "{}", texts.len());
    for text in texts {
        assert!(!text.contains(MARK), "{text}");
    }
}
