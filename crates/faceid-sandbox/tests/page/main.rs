//! The console page, in a real browser.

mod browser;
mod clock;
mod commands;
mod focus;
mod form;
mod narrow;
mod trouble;
mod windows;

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use browser::{Browser, DOWN, ENTER, ESCAPE, SPACE, TAB};
use faceid_sandbox::{DEMO_API_KEY, Fault, Sandbox, Server, demo_credentials};
use faceid_types::{Call, Config, Context, Credentials, GetBizToken, Moment};
use serde_json::json;

const ROWS: &str = "document.querySelectorAll('#rows tr').length";
const STORY_IS_OPEN: &str = "!document.getElementById('story').hidden";

/// A signed call, as any client makes it, and the status that it gets.
fn call(server: &Server, credentials: &Credentials, liveness_id: &str) -> u16 {
    call_at(server.url(), credentials, liveness_id)
}

fn call_at(base_url: &str, credentials: &Credentials, liveness_id: &str) -> u16 {
    call_with(base_url, credentials, liveness_id, &[])
}

fn call_with(base_url: &str, credentials: &Credentials, liveness_id: &str, headers: &[(&str, &str)]) -> u16 {
    let context = Context::new(Config::at(base_url.to_owned(), credentials.clone())).unwrap();
    let request = GetBizToken::new(liveness_id).uuid("user-1");
    let (head, body) = Call::new(&context, &request).next(Moment::now()).unwrap().request.into_parts();
    let mut request = minreq::post(head.uri.to_string()).with_body(body);
    for (name, value) in &head.headers {
        request = request.with_header(name.as_str(), value.to_str().unwrap());
    }
    for (name, value) in headers {
        request = request.with_header(*name, *value);
    }
    request.send().unwrap().status_code
}

/// The pair of a user's own, which nothing may show.
fn other_credentials() -> Credentials {
    Credentials::new("fake-other-key", "fake-other-secret").unwrap()
}

/// A sandbox with both keys, and a browser at its page.
fn page(languages: &str) -> Option<(Server, Browser)> {
    let browser = Browser::start(languages)?;
    let server = Sandbox::builder().key(demo_credentials()).key(other_credentials()).seed(1).start().unwrap();
    browser.open(&format!("{}/__sandbox/", server.url()));
    Some((server, browser))
}

/// The page complained of nothing, and asked nobody but its sandbox.
fn quiet(server: &Server, browser: &Browser) {
    let (lines, urls) = browser.logs();
    assert_eq!(lines, Vec::<String>::new());
    assert!(urls.len() > 15, "{urls:?}");
    // The page that a browser starts with is in the browser itself; what is in a URL is asked of nobody.
    let asks = |url: &str| !["chrome://", "data:"].iter().any(|start| url.starts_with(start));
    let elsewhere: Vec<_> = urls.iter().filter(|url| asks(url) && !url.starts_with(server.url())).collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn a_signed_call_appears_and_tells_its_story() {
    let Some((server, browser)) = page("en-US") else { return };
    let empty = browser.text("#empty");
    assert!(empty.contains("curl -sS") && empty.contains(server.url()), "{empty}");
    assert!(empty.trim_end().ends_with("Copy"), "{empty}");

    browser.value("window.loaded = 'once'");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 200);
    browser.wait(&format!("{ROWS} === 1"));
    let row = browser.text("#rows tr");
    for part in ["token", DEMO_API_KEY, "any-scene"] {
        assert!(row.contains(part), "{part}: {row}");
    }

    browser.click("#rows tr .scene");
    browser.wait(STORY_IS_OPEN);
    let entry = &server.sandbox().journal()[0];
    let story = browser.text("#story");
    let sign = entry.form.iter().find(|field| &*field.name == "sign").unwrap();
    let raw = format!(
        "a={DEMO_API_KEY}&b={}&c={}&d={}",
        entry.expires_at.unwrap(),
        entry.issued_at.unwrap(),
        entry.nonce.as_ref().unwrap()
    );
    let shown = [
        &raw,
        &**sign.value.as_ref().unwrap(),
        &**entry.biz_token.as_ref().unwrap(),
        entry.request_id.as_deref().unwrap(),
        "user-1",
        "The digest is right",
        "1 min 40 s later",
    ];
    for part in shown {
        assert!(story.contains(part), "{part}: {story}");
    }
    assert_eq!(browser.value("document.querySelectorAll('#story .steps .passed').length"), 12);
    let curl = browser.text("#story .again pre");
    let path = format!("{}/faceid/v5/sdk/get_biz_token", server.url());
    for part in [&*path, "sign=$(faceid sign) &&\n", "liveness_id=any-scene", "uuid=user-1"] {
        assert!(curl.contains(part), "{part}: {curl}");
    }
    assert!(!curl.contains(&**sign.value.as_ref().unwrap()));

    // The button of the page itself, and how other languages send the same.
    browser.click("#send");
    browser.wait(&format!("{ROWS} === 2"));
    assert_eq!(server.sandbox().journal()[1].status, Some(200));
    browser.click("#story a[href='#languages/go/1']");
    browser.wait("document.getElementById('source')?.innerText.includes('package main') === true");
    let run = browser.text("#languages pre");
    assert!(run.contains(&format!("go run faceid.go token {} any-scene user-1", server.url())), "{run}");
    assert_eq!(browser.value("window.loaded"), "once");
    quiet(&server, &browser);
}

#[test]
fn a_wrong_sign_shows_its_slip_and_no_secret() {
    const SLIP: &str = "the api_key was used as the secret";

    let Some((server, browser)) = page("en-US") else { return };
    let slip = Credentials::new(DEMO_API_KEY, DEMO_API_KEY).unwrap();
    assert_eq!(call(&server, &slip, "any-scene"), 403);
    assert_eq!(call(&server, &other_credentials(), "any-scene"), 200);
    browser.wait(&format!("{ROWS} === 2"));
    assert!(browser.text("#rows tr[data-id='1']").contains(SLIP));

    browser.click("#rows tr[data-id='1'] a");
    browser.wait(STORY_IS_OPEN);
    let check = "document.querySelector('#story .steps .failed').dataset.check";
    assert_eq!(browser.value(check), "digest");
    assert!(browser.text("#story .problem").contains(SLIP));
    browser.click("[data-language='zh-CN']");
    assert!(browser.text("#story .problem").contains("把 api_key 当成了 api_secret"));
    browser.click("[data-language='en']");

    // Of a key that is no demo key, neither the sign nor what is of a person.
    browser.value("location.hash = '#request/2'");
    browser.wait("document.getElementById('story-title').innerText === 'Request 2'");
    let form = browser.text("#story .form");
    assert!(form.contains("••••") && !form.contains("user-1"), "{form}");
    let curl = browser.text("#story .again pre");
    assert!(curl.contains("$(faceid sign)") && curl.contains("uuid=YOUR-uuid"), "{curl}");
    assert!(browser.text("#story .sign").contains("a=fake-other-key&b="));

    // Of the demo key all is shown, also of a request that was refused before its sign was looked at.
    let fields = [("sign", &*form::sign()), ("sign_version", "hmac_sha256"), ("liveness_id", "any-scene")];
    assert_eq!(form::ask(&server, &fields, &[]), 400);
    browser.wait(&format!("{ROWS} === 3"));
    browser.value("location.hash = '#request/3'");
    browser.wait("document.getElementById('story-title').innerText === 'Request 3'");
    let story = browser.text("#story");
    assert!(story.contains("a=sandbox-demo-key&b=") && !story.contains("••••"), "{story}");
    quiet(&server, &browser);
}

#[test]
fn what_happens_while_the_page_loads_is_counted() {
    let Some((server, browser)) = page("en-US") else { return };
    // The last that is loaded takes its time; the rules are in the page long before.
    let held = "window.fetch = (held => async (url, options) => {
        if (String(url).endsWith('/namespaces')) {
            window.isHeld = true;
            await new Promise((resolve) => setTimeout(resolve, 1000));
            window.isHeld = false;
        }
        return held(url, options);
    })(window.fetch)";
    browser.value(held);
    server.sandbox().add_rule("INTERNAL_ERROR".parse::<Fault>().unwrap());
    browser.wait("document.getElementById('rules').innerText.includes('happened: 0') && window.isHeld");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 500);
    browser.wait("document.getElementById('rules').innerText.includes('happened: 1')");
    quiet(&server, &browser);
}

#[test]
fn a_fault_switch_changes_the_next_answer() {
    let Some((server, browser)) = page("en-US") else { return };
    browser.click("nav [data-view='faults']");
    let happens = |status| assert_eq!(call(&server, &demo_credentials(), "any-scene"), status);
    let in_force = |faults: &[&str]| {
        let faults = json!(faults);
        browser.wait(&format!(
            "JSON.stringify([...document.querySelectorAll('#rules code')].map((code) => code.innerText)) === {:?}",
            faults.to_string()
        ));
    };
    happens(200);
    browser.click("[data-fault='INTERNAL_ERROR']");
    in_force(&["INTERNAL_ERROR"]);
    happens(500);
    // Of those in place of an answer one at a time, the others together.
    browser.click("[data-fault='html502']");
    in_force(&["html502"]);
    browser.click("[data-fault='skew=+3600s']");
    in_force(&["html502+skew=+3600s"]);
    happens(403);
    browser.click("[data-fault='skew=+3600s']");
    in_force(&["html502"]);
    happens(502);
    browser.click("[data-fault='html502']");
    in_force(&[]);
    happens(200);
    browser.click("[data-fault='truncate']");
    in_force(&["truncate"]);
    browser.click("[data-fault='reset']");
    in_force(&["reset"]);
    browser.click("[data-fault='truncate']");
    in_force(&["truncate"]);
    browser.click("[data-fault='truncate']");
    in_force(&[]);

    browser.type_into("[name='fault']", "CONCURRENCY_LIMIT_EXCEEDED");
    browser.type_into("[name='liveness_id']", "loan-*");
    browser.type_into("[name='times']", "1");
    browser.click("#rule button");
    in_force(&["CONCURRENCY_LIMIT_EXCEEDED"]);
    happens(200);
    assert_eq!(call(&server, &demo_credentials(), "loan-1"), 403);
    assert_eq!(call(&server, &demo_credentials(), "loan-1"), 200);
    browser.wait("document.getElementById('rules').innerText.includes('happened: 1')");
    browser.click("nav [data-view='requests']");
    browser.click("#in-force button");
    in_force(&[]);

    // A fault by the header is in the command that asks for the same.
    let header = [("x-faceid-sandbox-fault", "html503+delay=1ms")];
    assert_eq!(call_with(server.url(), &demo_credentials(), "any-scene", &header), 503);
    browser.value(&format!("location.hash = '#request/{}'", server.sandbox().journal().len()));
    browser.wait(STORY_IS_OPEN);
    let curl = browser.text("#story .again pre");
    assert!(curl.contains("--header 'x-faceid-sandbox-fault: html503+delay=1ms' \\\n"), "{curl}");

    // An hour ahead, what was signed just now has expired.
    browser.click("nav [data-view='faults']");
    browser.click("#faults .bar button:nth-child(4)");
    browser.wait("document.getElementById('faults').innerText.includes('1 h ahead')");
    happens(403);
    quiet(&server, &browser);
}

#[test]
fn what_others_change_is_shown() {
    let Some((server, browser)) = page("en-US") else { return };
    let admin = |method: minreq::Method, path: &str, body: &str| {
        let url = format!("{}{path}", server.url());
        assert!(
            minreq::Request::new(method, url).with_body(body).send().unwrap().status_code < 300,
            "{path}"
        );
    };
    let shows = |id: &str, text: &str| {
        browser.wait(&format!("document.getElementById({id:?}).textContent.includes({text:?})"));
    };
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 200);
    browser.wait(&format!("{ROWS} === 1"));
    browser.value("document.querySelector('#rows a').focus()");
    admin(minreq::Method::Put, "/__sandbox/clock", r#"{"offset": 7200}"#);
    shows("faults", "2 h ahead");
    admin(minreq::Method::Post, "/__sandbox/rules", r#"{"fault": "delay=3ms"}"#);
    shows("rules", "delay=3ms");
    assert_eq!(browser.value("document.activeElement === document.querySelector('#rows a')"), json!(true));
    admin(minreq::Method::Post, "/ns/team-b/__sandbox/rules", r#"{"fault": "reset"}"#);
    shows("space", "team-b");
    admin(minreq::Method::Post, "/__sandbox/reset", "");
    browser.wait(&format!("{ROWS} === 0"));
    browser.wait("!document.getElementById('no-rules').hidden");
    shows("faults", "this machine’s time");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 200);
    browser.wait(&format!("{ROWS} === 1"));
    quiet(&server, &browser);
}

/// A browser has six connections for a host, and a page that nobody sees holds none of them.
#[test]
fn as_many_pages_as_one_likes() {
    let Some((server, browser)) = page("en-US") else { return };
    for page in 0..8 {
        browser.open_tab(&format!("{}/ns/team-{page}/__sandbox/", server.url()));
    }
    // Away and back again, as the picker of namespaces does.
    for page in 0..8 {
        browser.open(&format!("{}/ns/team-{page}/__sandbox/", server.url()));
    }
}

/// Whoever looks from another machine is asked for the token, until it is the right one.
#[test]
fn the_admin_token_is_asked_for() {
    const ASKS: &str =
        "document.getElementById('token').open && document.getElementById('token-input').value === ''";
    const REFUSED: &str = "document.getElementById('token-refused').checkVisibility()";

    let Some(browser) = Browser::start("en-US") else { return };
    let server = Sandbox::builder().admin_token("fake-token").start().unwrap();
    call(&server, &demo_credentials(), "any-scene");
    browser.send_header("x-forwarded-for", "192.0.2.1");
    browser.go(&format!("{}/__sandbox/", server.url()));
    browser.wait(ASKS);
    assert_eq!(browser.value(REFUSED), false);
    browser.screenshot("en-token");
    for _ in 0..3 {
        browser.press(ESCAPE);
        browser.wait(ASKS);
    }
    assert_eq!(browser.text("#rows"), "");

    browser.type_into("#token-input", "fake-tokem");
    browser.press(ENTER);
    browser.wait(REFUSED);
    assert_eq!(browser.value(ASKS), true);
    browser.type_into("#token-input", "fake-token");
    browser.press(ENTER);
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    assert_eq!(browser.value("document.getElementById('token').open"), false);
    assert_eq!(browser.text("#rows .scene"), "any-scene");
    // Nowhere but in the memory of this page.
    assert_eq!(
        browser.value("JSON.stringify([localStorage, sessionStorage, document.cookie]).includes('fake-')"),
        false
    );
    call(&server, &demo_credentials(), "another-scene");
    browser.wait(&format!("{ROWS} === 2"));
}

#[test]
fn a_sandbox_that_comes_again_is_found_again() {
    let Some((server, browser)) = page("en-US") else { return };
    call(&server, &demo_credentials(), "of-the-first");
    browser.wait(&format!("{ROWS} === 1"));
    let address = server.address();
    server.stop();
    browser.wait("document.getElementById('link').dataset.state === 'lost'");

    let server = Sandbox::builder().address(address).start().unwrap();
    browser.wait("document.getElementById('link').dataset.state === 'live'");
    browser.wait(&format!("{ROWS} === 0"));
    assert_eq!(call(&server, &demo_credentials(), "of-the-second"), 200);
    browser.wait("document.querySelector('#rows .scene')?.innerText === 'of-the-second'");
}

/// As the words are: those with a place, and those of a slip.
#[test]
fn hints_are_told_in_chinese() {
    let Some((server, browser)) = page("zh-CN") else { return };
    // a request's scene, and words of the hint
    let cases = [
        ("sandbox:AUTHORIZATION_ERROR", "liveness_id：缺少具体内容：应写成例如 AUTHORIZATION_ERROR=DENIED"),
        ("sandbox:503", "liveness_id：网关页面写作 html 加状态码 400 到 599：例如 html503"),
        ("sandbox:reset*0", "liveness_id：* 之后是请求次数，至少为 1"),
    ];
    for (at, (scene, words)) in cases.into_iter().enumerate() {
        assert_eq!(call(&server, &demo_credentials(), scene), 400);
        let row = format!("document.querySelector(\"#rows tr[data-id='{}']\")?.innerText", at + 1);
        browser.wait(&format!("{row}.includes({words:?}) === true"));
    }
}

#[test]
fn markup_is_text() {
    const MARKUP: &str = "<script>window.ran = true</script><img src=/x onerror='window.ran = true'>";

    let Some((server, browser)) = page("en-US") else { return };
    assert_eq!(call(&server, &demo_credentials(), MARKUP), 200);
    browser.wait(&format!("{ROWS} === 1"));
    assert_eq!(browser.text("#rows .scene"), MARKUP);
    browser.click("#rows tr a");
    browser.wait(STORY_IS_OPEN);
    assert!(browser.text("#story .form").contains(MARKUP));
    assert!(browser.text("#story .again pre").contains("'liveness_id=<script>window.ran = true</script>"));
    browser.click("#story a[href^='#languages/python']");
    browser.wait("document.getElementById('languages').innerText.includes('<script>window.ran')");
    browser.value("location.hash = '#request/<img src=x>'");
    browser.wait("document.getElementById('story').innerText.includes('no such request')");
    assert_eq!(
        browser.value("window.ran === undefined && !document.querySelector('main img, main script')"),
        true
    );
    // Were it markup by a slip of ours, the policy would not run it.
    let inline = "(() => { const it = document.createElement('div'); try { it.innerHTML = '<b>'; return false } \
                  catch { return true } })()";
    assert_eq!(browser.value(inline), true);
}

#[test]
fn a_sign_is_inspected() {
    const RIGHT: &str = "The sign is right, and valid now";

    let Some((server, browser)) = page("en-US") else { return };
    let sign = |credentials: &Credentials| {
        let stamp = faceid_sign::Stamp::now().unwrap();
        credentials.sign(&stamp, faceid_sign::Validity::Once).unwrap().expose().to_owned()
    };
    let right = sign(&demo_credentials());
    let swapped = Credentials::new(DEMO_API_KEY, DEMO_API_KEY).unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let zeros = format!("a={DEMO_API_KEY}&b=0000{}&c={now}&d=0012", now + 100);
    let huge = format!("a={DEMO_API_KEY}&b=9007199254740993&c={now}&d=1");
    // what is pasted, and what is said of it
    let cases = [
        (right.clone(), RIGHT, "for single use"),
        (right.replace('=', ""), "the = at the end of the base64 are missing", ""),
        (sign(&swapped), "the api_key was used as the secret", "for single use"),
        (sign(&Credentials::new("fake-unknown", "fake").unwrap()), "not one of this sandbox's", "••••"),
        ("nonsense".to_owned(), "would be refused", ""),
        // As it was signed, and no number of it as a double.
        (form::signed(&zeros), RIGHT, &zeros),
        (form::signed(&huge), "b or c is in milliseconds", &huge),
    ];
    browser.click("nav [data-view='inspect']");
    for (pasted, verdict, says) in cases {
        browser.value("document.getElementById('pasted').value = ''");
        browser.type_into("#pasted", &pasted);
        browser.wait(&format!("document.getElementById('found').innerText.includes({verdict:?})"));
        let found = browser.text("#found").replace('\n', "");
        assert!(found.contains(says) && found.contains(RIGHT) == (verdict == RIGHT), "{pasted}: {found}");
    }
    // The same in the story of a request.
    for raw in [&zeros, &huge] {
        form::ask(&server, &[&[("sign", &*form::signed(raw))], &form::REST[..]].concat(), &[]);
        browser.value(&format!("location.hash = '#request/{}'", server.sandbox().journal().len()));
        browser
            .wait(&format!("document.querySelector('#story .sign')?.innerText.includes({raw:?}) === true"));
        let b = raw.split('&').nth(1).unwrap().strip_prefix("b=").unwrap();
        assert!(browser.text("#story .claims").contains(b));
    }
    quiet(&server, &browser);
}

#[test]
fn the_keyboard_is_enough() {
    let Some((server, browser)) = page("en-US") else { return };
    for scene in ["first", "second"] {
        call(&server, &demo_credentials(), scene);
    }
    browser.wait(&format!("{ROWS} === 2"));
    let focus_is = |selector: &str| {
        browser.wait(&format!("document.activeElement.matches({selector:?})"));
    };
    let tab_to = |selector: &str| {
        let at = format!("document.activeElement.matches({selector:?})");
        for _ in 0..40 {
            browser.press(TAB);
            // Wherever it goes, that is seen.
            let outline = "getComputedStyle(document.activeElement).outlineStyle";
            assert_ne!(
                browser.value(outline),
                "none",
                "{}",
                browser.value("document.activeElement.outerHTML")
            );
            if browser.value(&at) == json!(true) {
                return;
            }
        }
        panic!("no way to {selector}");
    };
    browser.press(TAB);
    focus_is("#skip");
    browser.press(ENTER);
    focus_is("main");
    tab_to("#rows tr[data-id='2'] a");
    browser.press(DOWN);
    focus_is("#rows tr[data-id='1'] a");
    browser.press(ENTER);
    browser.wait(STORY_IS_OPEN);
    focus_is("#story-title");
    assert!(browser.text("#story").contains("liveness_id=first"));
    browser.press(ESCAPE);
    focus_is("#rows tr[data-id='1'] a");
    browser.value("document.querySelector('nav [data-view=faults]').focus()");
    browser.press(ENTER);
    focus_is("#faults-title");
    tab_to("[data-fault='INTERNAL_ERROR']");
    browser.press(SPACE);
    browser.wait("document.getElementById('fault-count').innerText === '1'");
    assert_eq!(call(&server, &demo_credentials(), "any-scene"), 500);

    // Each control has a name that is read out.
    let nameless = "[...document.querySelectorAll('a, button, input, select, textarea, summary')].filter((it) => \
                    !(it.innerText || it.getAttribute('aria-label') || it.labels?.length)).map((it) => it.outerHTML)";
    assert_eq!(browser.value(nameless), json!([]));
}

/// Each text that is seen whose contrast to what is behind it is under 4.5, the least that WCAG's AA allows.
const PALE: &str = "(() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => channels(color).slice(0, 3).map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = getComputedStyle(at).backgroundColor;
            if (channels(color)[3] !== 0) return color;
        }
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const pale = [];
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
        const style = getComputedStyle(element);
        const ink = element instanceof SVGElement ? style.fill : style.color;
        if (ink === 'none') continue;
        const [a, b] = [light(ink), light(behind(element))].sort((a, b) => b - a);
        const contrast = (a + 0.05) / (b + 0.05);
        if (contrast < 4.5) pale.push(`${contrast.toFixed(2)} ${texts.currentNode.data}`);
    }
    return pale;
})()";

#[test]
fn it_fits_each_screen_scheme_and_language() {
    // As the browser is set, and what the page then is.
    for (languages, lang, heading) in [("en-US,zh", "en", "Requests"), ("fr,zh-CN,en", "zh-CN", "请求")] {
        let Some((server, browser)) = page(languages) else { return };
        let still = ("prefers-reduced-motion", "reduce");
        browser.prefer(&[still]);
        assert_eq!(browser.value("document.documentElement.lang"), lang);
        assert_eq!(browser.text("#requests-title"), heading);
        browser.screenshot(&format!("{lang}-empty"));
        let other = other_credentials();
        let scenes = [
            "any-scene",
            "loan-7",
            "sandbox:INTERNAL_ERROR*1",
            "any-scene",
            "sandbox:delay=300ms",
            "sandbox:html502",
            "any-scene",
            "a-scene-with-quite-a-long-id-that-somebody-once-thought-to-be-a-good-idea-0123456789",
        ];
        for scene in scenes {
            call(&server, &demo_credentials(), scene);
        }
        call(&server, &other, "loan-8");
        call(&server, &Credentials::new("fake-other-key", "fake-other-key").unwrap(), "loan-8");
        call(&server, &Credentials::new(DEMO_API_KEY, "fake-wrong").unwrap(), "any-scene");
        browser.wait(&format!("{ROWS} === 11"));
        assert_eq!(browser.value("getComputedStyle(document.querySelector('tr.new')).animationName"), "none");

        for (width, height) in [(1280, 800), (768, 900), (360, 740)] {
            browser.resize(width, height);
            for scheme in ["light", "dark"] {
                browser.prefer(&[still, ("prefers-color-scheme", scheme)]);
                for view in ["requests", "request/10", "request/4", "faults", "inspect", "languages"] {
                    browser.value(&format!("location.hash = '#{view}'"));
                    let section = view.split('/').next().unwrap().replace("request", "requests");
                    let section = section.replace("requestss", "requests");
                    browser.wait(&format!("!document.getElementById({section:?}).hidden"));
                    if view.starts_with("request/") {
                        browser.wait(STORY_IS_OPEN);
                    }
                    if view == "languages" {
                        browser.wait("document.getElementById('source') !== null");
                    }
                    let place = format!("{lang}-{width}-{scheme}-{}", view.replace('/', "-"));
                    let wide = browser.value("document.documentElement.scrollWidth");
                    assert!(wide.as_u64().unwrap() <= u64::from(width), "{place} scrolls sideways: {wide}");
                    assert_eq!(browser.value(PALE), json!([]), "{place}");
                    if view != "languages" || width > 360 {
                        browser.screenshot(&place);
                    }
                }
            }
        }

        // The other language by a switch, and after a reload still.
        let (other, heading) = if lang == "en" { ("zh-CN", "请求") } else { ("en", "Requests") };
        browser.value("location.hash = '#requests'");
        browser.click(&format!("[data-language='{other}']"));
        assert_eq!(browser.text("#requests-title"), heading);
        browser.open(&format!("{}/__sandbox/", server.url()));
        assert_eq!(browser.value("document.documentElement.lang"), other);
        quiet(&server, &browser);
    }
}

#[test]
fn both_languages_say_the_same() {
    let texts = ["en", "zh"].map(|language| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/page/text/{language}.js"));
        let text = fs::read_to_string(file).unwrap();
        let pairs = text.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(": "));
        let places = |text: &str| ["{0}", "{1}"].map(|place| text.contains(place));
        pairs.map(|(name, text)| (name.to_owned(), places(text))).collect::<Vec<_>>()
    });
    assert!(texts[0].len() > 100);
    assert_eq!(texts[0], texts[1]);
}

#[test]
fn a_namespace_has_its_own_page() {
    let Some(browser) = Browser::start("en-US") else { return };
    let server = Sandbox::builder().start().unwrap();
    let base = format!("{}/ns/team-a", server.url());
    browser.open(&format!("{base}/__sandbox"));
    assert!(browser.text("#empty").contains(&base));
    call(&server, &demo_credentials(), "main-scene");
    assert_eq!(call_at(&base, &demo_credentials(), "team-scene"), 200);
    browser.wait(&format!("{ROWS} === 1"));
    assert_eq!(browser.text("#rows .scene"), "team-scene");
    // One that is removed and comes again is heard again.
    server.sandbox().reset();
    browser.wait(&format!("{ROWS} === 0"));
    call(&server, &demo_credentials(), "main-scene");
    assert_eq!(call_at(&base, &demo_credentials(), "team-scene-again"), 200);
    browser.wait("document.querySelector('#rows .scene')?.innerText === 'team-scene-again'");
    browser.open(&format!("{base}/__sandbox/"));
    assert_eq!(
        browser.value("[...document.getElementById('space').options].map((it) => it.value)"),
        json!(["", "team-a"])
    );
    browser.value("document.getElementById('space').value = ''");
    browser.click("#space-form button");
    browser.wait("location.pathname === '/__sandbox/' && document.querySelector('#rows .scene')?.innerText === 'main-scene'");
    quiet(&server, &browser);
}

#[test]
fn files_are_served_as_they_are_and_under_a_strict_policy() {
    let server = Sandbox::builder().start().unwrap();
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; \
                  base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                  require-trusted-types-for 'script'; trusted-types 'none'";
    let native = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/native");
    let examples = [
        "python/faceid.py",
        "php/faceid.php",
        "go/faceid.go",
        "java/FaceId.java",
        "node/faceid.mjs",
        "ruby/faceid.rb",
        "csharp/FaceId.cs",
    ];
    let examples = examples.map(|file| {
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        (
            format!("page/native/{name}"),
            "text/plain; charset=utf-8",
            Some(fs::read_to_string(native.join(file)).unwrap()),
        )
    });
    let own = [
        (String::new(), "text/html; charset=utf-8", None),
        ("page/main.js".to_owned(), "text/javascript; charset=utf-8", None),
        ("page/page.css".to_owned(), "text/css; charset=utf-8", None),
        ("page/icon.svg".to_owned(), "image/svg+xml", None),
    ];
    for (path, kind, content) in own.into_iter().chain(examples) {
        for base in ["/__sandbox", "/ns/x/__sandbox"] {
            let answer = minreq::get(format!("{}{base}/{path}", server.url())).send().unwrap();
            assert_eq!(answer.status_code, 200, "{base}/{path}");
            let header =
                |name: &str| answer.headers.iter().find(|(it, _)| it == name).map(|(_, value)| &**value);
            assert_eq!(header("content-type"), Some(kind), "{path}");
            assert_eq!(header("content-security-policy"), Some(policy), "{path}");
            assert_eq!(header("x-content-type-options"), Some("nosniff"), "{path}");
            if let Some(content) = &content {
                assert!(answer.as_str().unwrap() == content, "{path} is not the example");
            }
        }
    }
}
