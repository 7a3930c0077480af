//! What goes wrong is said, and what comes of it.

use faceid_sandbox::{Fault, Rule, Sandbox, demo_credentials};

use crate::browser::{Browser, ENTER};
use crate::{ROWS, call, call_at, page};

const LIVE: &str = "document.getElementById('link').dataset.state === 'live'";

fn told(browser: &Browser, words: &str) {
    browser.wait(&format!("document.getElementById('trouble').innerText.includes({words:?})"));
}

#[test]
fn a_token_that_no_header_holds_is_refused() {
    let Some(browser) = Browser::start("en-US") else { return };
    let server = Sandbox::builder().admin_token("fake-token").start().unwrap();
    browser.send_header("x-forwarded-for", "192.0.2.1");
    browser.go(&format!("{}/__sandbox/", server.url()));
    browser.wait("document.getElementById('token').open");
    browser.type_into("#token-input", "ключ");
    browser.press(ENTER);
    browser.wait("document.getElementById('token-refused').checkVisibility()");
    browser.type_into("#token-input", "fake-token");
    browser.press(ENTER);
    browser.wait(LIVE);
}

#[test]
fn where_there_is_no_token_none_is_asked_for() {
    for (languages, words) in [("en-US", "without an admin token"), ("zh-CN", "没有设置管理令牌")] {
        let Some(browser) = Browser::start(languages) else { return };
        let server = Sandbox::builder().start().unwrap();
        browser.send_header("x-forwarded-for", "192.0.2.1");
        browser.go(&format!("{}/__sandbox/", server.url()));
        told(&browser, words);
        assert_eq!(browser.value("document.getElementById('token').open"), false);
    }
}

#[test]
fn a_call_that_comes_to_nothing_says_so() {
    let Some((server, browser)) = page("en-US") else { return };
    for number in 0..64 {
        call_at(&format!("{}/ns/n{number}", server.url()), &demo_credentials(), "any-scene");
    }
    browser.open(&format!("{}/ns/another/__sandbox/", server.url()));
    browser.click("#send");
    told(&browser, "there are 64 namespaces");

    browser.go(&format!("{}/ns/a%20b/__sandbox/", server.url()));
    told(&browser, "a namespace has a name of 1 to 64 letters");

    browser.open(&format!("{}/__sandbox/", server.url()));
    assert_eq!(browser.value("document.getElementById('trouble').hidden"), true);
    // The one that was too many.
    browser.wait(&format!("{ROWS} === 1"));
    let address = server.address();
    server.stop();
    browser.click("#clear");
    told(&browser, "The sandbox does not answer");
    browser.click("nav [data-view='inspect']");
    browser.type_into("#pasted", "x");
    told(&browser, "The sandbox does not answer");
    assert_eq!(browser.text("#found"), "");
    let (lines, _) = browser.logs();
    assert!(!lines.iter().any(|line| line.contains("Uncaught")), "{lines:?}");
    let _server = Sandbox::builder().address(address).start().unwrap();
    browser.wait(LIVE);
    browser.wait("document.getElementById('trouble').hidden");
}

#[test]
fn what_is_refused_is_said_in_the_language_of_the_page() {
    let Some((_server, browser)) = page("zh-CN") else { return };
    browser.click("nav [data-view='faults']");
    browser.type_into("[name='fault']", "TEAPOT");
    browser.click("#rule button");
    told(&browser, "fault：故障可以是");

    // What the browser itself refuses does not come to the sandbox, and says so in no other language.
    browser.type_into("[name='times']", "5000000000");
    browser.value("document.getElementById('trouble').textContent = ''");
    browser.click("#rule button");
    assert_eq!(browser.value("document.querySelector(\"[name='times']\").validity.rangeOverflow"), true);
    assert_eq!(browser.text("#trouble"), "");

    browser.click("nav [data-view='inspect']");
    browser.value("(() => { const it = document.getElementById('pasted'); it.value = 'x'.repeat(1.1e6); it.dispatchEvent(new Event('input')); })()");
    told(&browser, "内容没有完整到达，或过长");
}

#[test]
fn a_rule_that_hides_the_others_is_named() {
    let Some((server, browser)) = page("en-US") else { return };
    browser.click("nav [data-view='faults']");
    let fault = |text: &str| text.parse::<Fault>().unwrap();
    // Those that leave some requests to the next, and whether the switches say so.
    let cases = [
        (Rule::new(fault("html503*1+delay=1ms*1")), true),
        (Rule::new(fault("html503")).times(100), true),
        (Rule::new(fault("html503")).liveness_id("*"), true),
        (Rule::new(fault("html503")).probability(0.999_999), true),
        (Rule::new(fault("html503")).probability(0.0), false),
    ];
    for (rule, is_told) in cases {
        server.sandbox().add_rule(rule.clone());
        browser.wait("document.querySelectorAll('#rules li').length === 1");
        browser.click("[data-fault='INTERNAL_ERROR']");
        browser.wait("document.querySelectorAll('#rules li').length === 2");
        let words = browser.text("#hidden-switches");
        assert_eq!(words.contains("that fit html503"), is_told, "{rule:?}: {words}");
        assert_eq!(
            browser.value("document.getElementById('rules').innerText.includes('never happens')"),
            false
        );
        server.sandbox().reset();
        browser.wait("document.querySelectorAll('#rules li').length === 0");
    }
    assert_eq!(browser.value("document.getElementById('hidden-switches').hidden"), true);
    // One that is over.
    server.sandbox().add_rule(Rule::new(fault("html503")).times(1));
    browser.click("[data-fault='INTERNAL_ERROR']");
    browser.wait("document.getElementById('hidden-switches').innerText.includes('html503')");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 503);
    browser.wait("document.getElementById('hidden-switches').hidden");
    server.sandbox().reset();
    browser.wait("document.querySelectorAll('#rules li').length === 0");

    server.sandbox().add_rule(fault("html503"));
    browser.click("[data-fault='INTERNAL_ERROR']");
    browser.wait("document.querySelectorAll('#rules li').length === 2");
    browser.wait("document.querySelector('#rules li:nth-child(2)').innerText.includes('never happens') && document.getElementById('hidden-switches').innerText.includes('html503')");
    browser.screenshot("hidden-switches");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 503);
    browser.click("#rules li:nth-child(1) button");
    browser.wait("document.getElementById('hidden-switches').hidden");
    assert_eq!(browser.value("document.getElementById('rules').innerText.includes('never happens')"), false);
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 500);

    // Where a connection is closed, a browser asks again by itself.
    assert_eq!(browser.value("document.getElementById('again-by-itself').hidden"), true);
    browser.click("[data-fault='reset']");
    browser.wait("!document.getElementById('again-by-itself').hidden");
}
