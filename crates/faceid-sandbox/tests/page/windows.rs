//! Many windows of one browser, each of which is seen.

use faceid_sandbox::demo_credentials;

use crate::{ROWS, call, call_at, page};

/// A browser has six connections for a host, and each of these is seen.
#[test]
fn as_many_windows_as_one_likes() {
    let Some((server, browser)) = page("en-US") else { return };
    let first = browser.window();
    for window in 0..8 {
        let space = if window % 2 == 0 { String::new() } else { format!("/ns/team-{window}") };
        browser.open_window(&format!("{}{space}/__sandbox/", server.url()));
        assert_eq!(browser.value("document.hidden"), false);
    }
    let last = browser.window();
    call(&server, &demo_credentials(), "any-scene");
    call_at(&format!("{}/ns/team-7", server.url()), &demo_credentials(), "any-scene");
    browser.wait(&format!("{ROWS} === 1"));
    browser.switch_to(&first);
    assert_eq!(browser.value("document.hidden"), false);
    browser.wait(&format!("{ROWS} === 1"));
    browser.click("nav [data-view='faults']");
    browser.click("[data-fault='INTERNAL_ERROR']");
    browser.wait("document.querySelectorAll('#rules li button').length === 1");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 500);
    // One that comes after the others learns of what goes, too.
    browser.switch_to(&last);
    server.sandbox().reset();
    browser.wait(&format!("{ROWS} === 0"));
}
