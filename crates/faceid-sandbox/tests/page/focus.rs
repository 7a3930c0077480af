//! The focus stays with whoever uses the keyboard, whatever comes meanwhile.

use faceid_sandbox::{Fault, demo_credentials};
use serde_json::json;

use crate::browser::{Browser, DOWN, ENTER, ESCAPE};
use crate::{ROWS, STORY_IS_OPEN, call, call_at, form, page};

fn focus(browser: &Browser, selector: &str) {
    assert_eq!(
        browser.value(&format!(
            "(document.querySelector({selector:?}).focus(), document.activeElement.matches({selector:?}))"
        )),
        true,
        "{selector}"
    );
}

fn has_focus(browser: &Browser, selector: &str) {
    browser.wait(&format!("document.activeElement.matches({selector:?})"));
}

#[test]
fn calls_that_come_leave_the_focus() {
    let Some((server, browser)) = page("en-US") else { return };
    let rule = || server.sandbox().add_rule("INTERNAL_ERROR".parse::<Fault>().unwrap());
    for _ in 0..3 {
        rule();
    }
    browser.wait("document.querySelectorAll('#rules li button').length === 3");
    let happens = |times: u32| {
        call(&server, &demo_credentials(), "any-scene");
        browser.wait(&format!("document.getElementById('rules').textContent.includes('happened: {times}')"));
    };
    browser.click("nav [data-view='faults']");
    focus(&browser, "#rules li:nth-child(2) button");
    happens(1);
    has_focus(&browser, "#rules li:nth-child(2) button");
    // What is gone leaves it to the next, and the last to the heading.
    for (count, left) in
        [(2, "#rules li:nth-child(2) button"), (1, "#rules li:nth-child(1) button"), (0, "#rules-title")]
    {
        browser.press(ENTER);
        browser.wait(&format!("document.querySelectorAll('#rules li button').length === {count}"));
        has_focus(&browser, left);
    }

    rule();
    browser.wait("document.querySelectorAll('#rules li button').length === 1");
    browser.click("nav [data-view='requests']");
    focus(&browser, "#in-force button");
    happens(1);
    has_focus(&browser, "#in-force button");
    browser.press(ENTER);
    browser.wait("document.getElementById('in-force').hidden");
    has_focus(&browser, "#requests-title");
}

#[test]
fn a_row_that_goes_leaves_the_focus_to_another() {
    let Some((server, browser)) = page("en-US") else { return };
    focus(&browser, "#empty button");
    form::ask_often(&server, 500);
    browser.wait(&format!("{ROWS} === 500"));
    has_focus(&browser, "#requests-title");
    focus(&browser, "#rows tr:last-child a");
    form::ask_often(&server, 1);
    browser.wait("document.querySelector('#rows tr').dataset.id === '501'");
    has_focus(&browser, "#rows tr:last-child a");
    server.sandbox().reset();
    browser.wait(&format!("{ROWS} === 0"));
    has_focus(&browser, "#requests-title");
}

#[test]
fn a_story_that_is_closed_leaves_the_focus_to_what_is_seen() {
    let Some((server, browser)) = page("en-US") else { return };
    for scene in ["first", "second"] {
        call(&server, &demo_credentials(), scene);
    }
    browser.wait(&format!("{ROWS} === 2"));
    browser.click("#rows tr[data-id='1'] a");
    browser.wait(STORY_IS_OPEN);
    browser.type_into("#filter", "second");
    browser.wait("document.querySelector(\"#rows tr[data-id='1']\").hidden");
    // It empties the field, as of any search.
    browser.press(ESCAPE);
    browser.wait("document.getElementById('filter').value === ''");
    assert_eq!(browser.value(STORY_IS_OPEN), true);
    has_focus(&browser, "#filter");
    browser.type_into("#filter", "second");
    focus(&browser, "#story-title");
    browser.press(ESCAPE);
    browser.wait(&format!("!({STORY_IS_OPEN})"));
    has_focus(&browser, "#requests-title");
}

/// To choose is not to go. [WCAG 3.2.2] And the way back is as it was.
#[test]
fn a_namespace_is_gone_to_by_a_button() {
    let Some((server, browser)) = page("en-US") else { return };
    for name in ["alpha", "beta"] {
        call_at(&format!("{}/ns/{name}", server.url()), &demo_credentials(), "any-scene");
    }
    browser.wait("document.getElementById('space').options.length === 3");
    focus(&browser, "#space");
    browser.press(DOWN);
    browser.wait("document.getElementById('space').value === 'alpha'");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(browser.value("location.pathname"), json!("/__sandbox/"));
    browser.click("#space-form button");
    browser.wait("location.pathname === '/ns/alpha/__sandbox/' && document.getElementById('link').dataset.state === 'live'");
    browser.value("history.back()");
    browser.wait(
        "location.pathname === '/__sandbox/' && document.getElementById('link').dataset.state === 'live'",
    );
    browser.wait("document.getElementById('space').options.length === 3");
    assert_eq!(browser.value("document.getElementById('space').value"), json!(""));
}
