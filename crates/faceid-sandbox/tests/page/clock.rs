//! The clock as the page shows and sets it.

use serde_json::json;

use crate::page;

#[test]
fn the_clock_goes_and_stands() {
    let Some((server, browser)) = page("en-US") else { return };
    browser.click("nav [data-view='faults']");
    let shown = || browser.text("#faults time");
    let before = shown();
    browser.wait(&format!("document.querySelector('#faults time').innerText !== {before:?}"));
    let put = |body: &str| {
        minreq::put(format!("{}/__sandbox/clock", server.url())).with_body(body).send().unwrap();
    };
    put(r#"{"frozen_at": 0}"#);
    browser.wait("document.getElementById('faults').innerText.includes('stands still')");
    browser.click("#faults .bar button:nth-child(3)");
    let clock = || {
        let answer = minreq::get(format!("{}/__sandbox/clock", server.url())).send().unwrap();
        serde_json::from_slice::<serde_json::Value>(answer.as_bytes()).unwrap()
    };
    browser.wait("document.querySelector('#faults time').dateTime === '1970-01-01T00:05:00.000Z'");
    assert_eq!(clock()["frozen_at"], json!(300));
    browser.click("#faults .bar button:nth-child(2)");
    browser.wait("document.querySelector('#faults time').dateTime === '1970-01-01T00:00:00.000Z'");
    // Before 1970 there is no time.
    browser.click("#faults .bar button:nth-child(1)");
    browser.click("#faults .bar button:nth-child(5)");
    browser.wait("document.getElementById('faults').innerText.includes('this machine’s time')");
    assert_eq!(clock()["frozen_at"], json!(null));
}
