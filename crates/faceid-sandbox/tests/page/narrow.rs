//! Long words of others, on any screen.

use faceid_sandbox::Fault;
use serde_json::json;

use crate::browser::{Browser, ENTER};
use crate::{STORY_IS_OPEN, form, page};

/// What is wider than what holds it.
const WIDE: &str = "[document.documentElement, ...document.querySelectorAll('main section, .list, .card, .story, table')]
    .filter((it) => it.checkVisibility() && (it.scrollWidth > it.clientWidth + 1 || it.offsetWidth > it.parentElement?.clientWidth))
    .map((it) => `${it.tagName}#${it.id}.${it.className} ${it.scrollWidth} in ${it.clientWidth}`)";

#[test]
fn long_words_stay_inside() {
    let Some((server, browser)) = page("en-US") else { return };
    let space = "n".repeat(64);
    form::answer(
        &server,
        &http::Request::post(format!("/ns/{space}{}", form::PATH)).body(Vec::new()).unwrap(),
    );
    let field = format!("{}/{}", "f".repeat(40), "g".repeat(23));
    let sign = form::sign();
    form::ask(&server, &[&[("sign", &*sign), (&field, "x")], &form::REST[..]].concat(), &[]);
    let fault: Fault = format!("AUTHORIZATION_ERROR={}", "R".repeat(200)).parse().unwrap();
    server.sandbox().add_rule(fault);
    for _ in 0..60 {
        server.sandbox().add_rule("html503+delay=1ms".parse::<Fault>().unwrap());
    }
    form::ask(&server, &[&[("sign", &*sign)], &form::REST[..]].concat(), &[]);
    let places = ["/__sandbox/".to_owned(), format!("/ns/{space}/__sandbox/")];
    for place in places {
        browser.open(&format!("{}{place}", server.url()));
        for width in [360, 768, 1280] {
            browser.resize(width, 800);
            for view in ["requests", "request/1", "request/2", "faults"] {
                browser.value(&format!("location.hash = '#{view}'"));
                if view.starts_with("request/") {
                    browser.wait(STORY_IS_OPEN);
                }
                browser.wait(&format!(
                    "document.querySelector('main > section:not([hidden])').dataset.view.startsWith('{}')",
                    &view[..5]
                ));
                browser.screenshot(&format!("long-{}-{width}-{}", place.len(), view.replace('/', "-")));
                assert_eq!(browser.value(WIDE), json!([]), "{place} {width} {view}");
            }
            bar_is_low(&browser);
        }
    }
}

/// However many rules there are.
fn bar_is_low(browser: &Browser) {
    browser.value("location.hash = '#requests'");
    browser.wait("!document.getElementById('requests').hidden && document.getElementById('story').hidden");
    let height = browser.value("document.getElementById('in-force').offsetHeight");
    assert!(height.as_u64().unwrap() < 400, "{height}");
}

/// Where there is room, no word is broken in two.
#[test]
fn words_stay_whole() {
    let Some((server, browser)) = page("en-US") else { return };
    let sign = form::sign();
    let ask = |sign: &str, scene: &str, fault: &str| {
        let fields = [("sign", sign), ("sign_version", "hmac_sha1"), ("liveness_id", scene)];
        form::ask(&server, &fields, &[("x-faceid-sandbox-fault", fault)]);
    };
    ask(&sign, "any-scene", "AUTHENTICATION_ERROR");
    ask(&sign, "any-scene", "CONCURRENCY_LIMIT_EXCEEDED");
    ask("nonsense", "sandbox:reset", "reset");
    browser.wait("document.querySelectorAll('#rows tr').length === 3");
    // a width, a request whose story is open, and what stands in one line each
    let cases = [
        (360, "request/1", "#story .answer dd:nth-of-type(2)"),
        (360, "request/2", "#story .answer dd:nth-of-type(2)"),
        (900, "requests", "#rows :is(.time, .badge, .key, .scene, .took)"),
        (1280, "requests", "#rows :is(.time, .badge, .key, .scene, .took)"),
        (1280, "request/1", "#rows :is(.time, .badge, .scene, .took)"),
    ];
    for (width, view, what) in cases {
        browser.resize(width, 800);
        browser.value(&format!("location.hash = '#{view}'"));
        browser.wait(&format!("document.querySelector({what:?})?.checkVisibility() === true"));
        let broken = browser.value(&format!(
            "[...document.querySelectorAll({what:?})].filter((it) => {{
                const words = document.createRange();
                words.selectNodeContents(it);
                const ends = [...words.getClientRects()].map(({{ bottom }}) => bottom);
                return Math.max(...ends) - Math.min(...ends) > 10;
            }}).map((it) => it.innerText)"
        ));
        browser.screenshot(&format!("words-{width}-{}", view.replace('/', "-")));
        assert_eq!(broken, json!([]), "{width} {view}");
        assert_eq!(browser.value(WIDE), json!([]), "{width} {view}");
    }
}

#[test]
fn what_is_refused_is_said_in_sight() {
    let Some((_server, browser)) = page("en-US") else { return };
    browser.resize(360, 640);
    browser.click("nav [data-view='faults']");
    browser.type_into("[name='fault']", "TEAPOT");
    browser.click("#rule button");
    let in_sight = "(({ top, bottom, height }) => height > 0 && top >= 0 && bottom <= innerHeight)(document.getElementById('trouble').getBoundingClientRect())";
    browser.wait(in_sight);
    browser.screenshot("refused-360");
    // And hides nothing of what it is about, wherever the page was left.
    let field = "document.querySelector('[name=fault]').getBoundingClientRect()";
    let below = format!("{field}.top >= document.getElementById('trouble').getBoundingClientRect().bottom");
    browser.value("scrollBy(0, document.querySelector('[name=fault]').getBoundingClientRect().top - 30)");
    browser.press(ENTER);
    browser.wait(&format!("{below} && {field}.bottom <= innerHeight && {in_sight}"));
    browser.screenshot("refused-360-field");
    // The other language leaves what was typed.
    browser.click("[data-language='zh-CN']");
    assert_eq!(browser.value("document.querySelector('[name=fault]').value"), "TEAPOT");
}

#[test]
fn older_requests_are_told_of() {
    let Some((server, browser)) = page("en-US") else { return };
    form::ask_often(&server, 501);
    browser.wait("document.querySelectorAll('#rows tr').length === 500");
    browser.wait("document.getElementById('shown').innerText.includes('500')");
    assert_eq!(
        browser
            .value("document.querySelector('#older a').pathname + document.querySelector('#older a').search"),
        "/__sandbox/journal?limit=10000"
    );
    assert_eq!(browser.value("document.getElementById('no-match').hidden"), true);
    browser.type_into("#filter", "no such thing");
    browser.wait("!document.getElementById('no-match').hidden");

    // What is seen is found, in each language.
    browser.click("[data-language='zh-CN']");
    browser.value("(() => { const it = document.getElementById('filter'); it.value = '已发放'; it.dispatchEvent(new Event('input')); })()");
    browser.wait("document.querySelectorAll('#rows tr:not([hidden])').length === 500");
}
