//! A real browser, driven over `WebDriver`: a dozen calls of JSON over HTTP, for which no client library is needed.
//!
//! One that is missing is a failure where CI=true, and named otherwise.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

const OPTIONS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
];

/// How long a page is waited for: ten times what it takes on a slow day.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Browser {
    driver: Child,
    session: String,
    profile: PathBuf,
}

/// Keys by their names in `WebDriver`.
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const SPACE: &str = " ";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const DOWN: &str = "\u{e015}";

/// A driver and its port. It takes a free one of IPv4 and then the same of IPv6, and ends where another has that.
fn driver() -> Option<(Child, String)> {
    let mut driver = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let port = lines.find_map(|line| {
        let line = line.unwrap();
        let (_, port) = line.split_once("started successfully on port ")?;
        Some(port.trim_end_matches('.').to_owned())
    });
    if port.is_none() {
        driver.wait().unwrap();
    }
    port.map(|port| (driver, port))
}

impl Browser {
    /// With a profile of its own, and the languages that its user reads. `None` if there is no browser.
    pub(crate) fn start(languages: &str) -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);

        if !(has("chromium") && has("chromedriver")) {
            return None;
        }
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let profile = folder().join(format!("profile-{}-{number}", std::process::id()));
        let _ = fs::remove_dir_all(&profile);
        let (driver, port) = (0..5).find_map(|_| driver()).expect("the driver says its port");
        let mut args = OPTIONS.map(str::to_owned).to_vec();
        args.push(format!("--user-data-dir={}", profile.display()));
        args.push(format!("--accept-lang={languages}"));
        let capabilities = json!({ "alwaysMatch": {
            // A sandbox's own, over TLS.
            "acceptInsecureCerts": true,
            "goog:chromeOptions": { "args": args },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        }});
        let base = format!("http://127.0.0.1:{port}");
        let mut browser = Self { driver, session: format!("{base}/session"), profile };
        let session = browser.post("", &json!({ "capabilities": capabilities }));
        browser.session = format!("{base}/session/{}", session["sessionId"].as_str().unwrap());
        browser.resize(1280, 800);
        Some(browser)
    }

    pub(crate) fn open(&self, url: &str) {
        self.go(url);
        self.wait("document.getElementById('link').dataset.state === 'live'");
    }

    /// The same in a tab of its own, which is the one that is seen from then on.
    pub(crate) fn open_tab(&self, url: &str) {
        self.open_new("tab", url);
    }

    /// The same in a window of its own, beside which the others are seen as well.
    pub(crate) fn open_window(&self, url: &str) {
        self.open_new("window", url);
    }

    fn open_new(&self, kind: &str, url: &str) {
        let new = self.post("/window/new", &json!({ "type": kind }));
        self.switch_to(new["handle"].as_str().unwrap());
        self.open(url);
    }

    /// The one that is looked at.
    pub(crate) fn window(&self) -> String {
        self.get("/window").as_str().unwrap().to_owned()
    }

    pub(crate) fn switch_to(&self, window: &str) {
        self.post("/window", &json!({ "handle": window }));
    }

    /// To a page, live or not.
    pub(crate) fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// A header that is sent with each request from here on.
    pub(crate) fn send_header(&self, name: &str, value: &str) {
        self.devtools("Network.enable", &json!({}));
        self.devtools("Network.setExtraHTTPHeaders", &json!({ "headers": { name: value } }));
    }

    /// The value of an expression in the page.
    pub(crate) fn value(&self, expression: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": format!("return ({expression});"), "args": [] }))
    }

    /// The text that is seen of what a selector finds first; empty if it finds nothing.
    pub(crate) fn text(&self, selector: &str) -> String {
        let found = self.value(&format!("document.querySelector({selector:?})?.innerText ?? ''"));
        found.as_str().unwrap().to_owned()
    }

    pub(crate) fn wait(&self, condition: &str) {
        let until = Instant::now() + PATIENCE;
        while self.value(condition) != json!(true) {
            assert!(Instant::now() < until, "never: {condition}\n{}", self.text("body"));
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    pub(crate) fn click(&self, selector: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Types into what a selector finds.
    pub(crate) fn type_into(&self, selector: &str, text: &str) {
        let element = self.element(selector);
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Presses a key, wherever the focus is.
    pub(crate) fn press(&self, key: &str) {
        let actions = json!([{ "type": "keyDown", "value": key }, { "type": "keyUp", "value": key }]);
        self.post(
            "/actions",
            &json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] }),
        );
    }

    pub(crate) fn resize(&self, width: u32, height: u32) {
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// What the system is set to, such as `prefers-color-scheme`, and nothing else.
    pub(crate) fn prefer(&self, settings: &[(&str, &str)]) {
        let features: Vec<_> =
            settings.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// The page to its end, as a picture below the target folder.
    pub(crate) fn screenshot(&self, name: &str) {
        let shown = self
            .devtools("Page.captureScreenshot", &json!({ "format": "png", "captureBeyondViewport": true }));
        let folder = folder().join("screenshots");
        fs::create_dir_all(&folder).unwrap();
        let picture = STANDARD.decode(shown["data"].as_str().unwrap()).unwrap();
        fs::write(folder.join(format!("{name}.png")), picture).unwrap();
    }

    /// The lines of the console, and the URLs of all requests so far.
    pub(crate) fn logs(&self) -> (Vec<String>, Vec<String>) {
        let log = |kind: &str| self.post("/se/log", &json!({ "type": kind }));
        let lines = log("browser");
        let events = log("performance");
        let events = events.as_array().unwrap().iter().filter_map(|event| {
            let event: Value = serde_json::from_str(event["message"].as_str()?).ok()?;
            let event = &event["message"];
            let sent = event["method"] == "Network.requestWillBeSent";
            sent.then(|| event["params"]["request"]["url"].as_str().unwrap().to_owned())
        });
        (lines.as_array().unwrap().iter().map(ToString::to_string).collect(), events.collect())
    }

    fn element(&self, selector: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        found.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned()
    }

    fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let request = minreq::post(format!("{}{path}", self.session));
        ask(&request.with_header("content-type", "application/json").with_body(body.to_string()))
    }

    fn get(&self, path: &str) -> Value {
        ask(&minreq::get(format!("{}{path}", self.session)))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser; a test that failed must not leave either.
        let _ = minreq::delete(&self.session).with_timeout(10).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        let _ = fs::remove_dir_all(&self.profile);
    }
}

fn ask(request: &minreq::Request) -> Value {
    let answer = request.clone().with_timeout(60).send().unwrap();
    let value: Value = serde_json::from_slice(answer.as_bytes()).unwrap();
    assert_eq!(answer.status_code, 200, "{request:?}: {value}");
    value["value"].clone()
}

fn folder() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("page");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn has(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = version.is_ok_and(|status| status.success());
    if !found {
        let strict = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!strict, "{program} is missing, and CI=true leaves nothing out");
        // Not `eprintln!`, which is not shown of a test that passes.
        let mut shown = io::stderr();
        writeln!(shown, "faceid-sandbox: a test of the page left out, because {program} is missing").unwrap();
    }
    found
}
