//! What is the listener's own: limits, framing, connections, its life. Over raw sockets.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use faceid_sandbox::{Key, Sandbox, Server, demo_credentials};
use faceid_types::{Call, Config, Context, GetBizToken, Moment};

/// A request for a token as bytes.
fn asking(liveness_id: &str, headers: &str) -> Vec<u8> {
    let context = Context::new(Config::at("http://127.0.0.1", demo_credentials())).unwrap();
    let request = GetBizToken::new(liveness_id);
    let request = Call::new(&context, &request).next(Moment::now()).unwrap().request;
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: x\r\ncontent-type: {}\r\ncontent-length: {}\r\n{headers}\r\n",
        request.uri().path(),
        request.headers()["content-type"].to_str().unwrap(),
        request.body().len(),
    );
    [head.as_bytes(), request.body()].concat()
}

/// What comes back until the server closes the connection.
fn exchange(server: &Server, sent: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    // A server that has heard enough closes, and then writing fails.
    let _ = stream.write_all(sent);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).unwrap()
}

const CLOSE: &str = "connection: close\r\n";

#[test]
fn who_is_being_answered_is_waited_for_and_nobody_else() {
    let patience = Duration::from_secs(5);
    // what is under way at the end, how the answer ends, and what the end takes at least
    let cases: &[(&str, &[u8], &str, u64)] = &[
        ("nothing", b"", "", 0),
        ("a watcher", b"GET /__sandbox/events HTTP/1.1\r\nhost: localhost\r\n\r\n", "\r\n0\r\n\r\n", 0),
        ("a late answer", &asking("sandbox:delay=1s", ""), "}", 500),
        ("a slow answer", &asking("sandbox:slow=150B/s", ""), "}", 500),
    ];
    for (name, sent, end, least) in cases {
        let server = Sandbox::builder().start().unwrap();
        let address = server.address();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(patience)).unwrap();
        stream.write_all(sent).unwrap();
        thread::sleep(Duration::from_millis(200));
        let started = Instant::now();
        server.stop_gently(patience);
        let took = started.elapsed();
        assert!((Duration::from_millis(*least)..patience).contains(&took), "{name}: {took:?}");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.ends_with(end) && answer.is_empty() == end.is_empty(), "{name}: {answer:?}");
        assert!(TcpListener::bind(address).is_ok(), "{name}: the port is free");
    }

    let server = Sandbox::builder().start().unwrap();
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.write_all(&asking("sandbox:delay=10m", "")).unwrap();
    thread::sleep(Duration::from_millis(200));
    let started = Instant::now();
    server.stop_gently(Duration::from_millis(300));
    assert!((250..5000).contains(&started.elapsed().as_millis()), "{:?}", started.elapsed());
}

/// An address that listens everywhere is none to connect to.
#[test]
fn its_url_can_be_asked() {
    for (address, expected) in
        [("0.0.0.0:0", "http://127.0.0.1:"), ("[::]:0", "http://[::1]:"), ("[::1]:0", "http://[::1]:")]
    {
        let server = match Sandbox::builder().address(address.parse().unwrap()).start() {
            Ok(server) => server,
            // A machine may be without IPv6.
            Err(_) if address.contains(':') && TcpListener::bind("[::1]:0").is_err() => continue,
            Err(error) => panic!("{address}: {error}"),
        };
        assert_eq!(server.url(), format!("{expected}{}", server.address().port()));
        let authority = server.url().strip_prefix("http://").unwrap();
        assert!(TcpStream::connect(authority).is_ok(), "{authority}");
    }
}

#[test]
fn answers_over_the_wire() {
    let server = Sandbox::builder().start().unwrap();
    let chunked = "POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                   content-type: multipart/form-data; boundary=B\r\ntransfer-encoding: chunked\r\n\r\n\
                   5\r\n--B--\r\n0\r\ntrailer: x\r\n\r\n";
    let long = |len: usize| format!("content-length: {len}\r\n");
    let post = |headers: &str| format!("POST / HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
    let scene = |id: &str| asking(id, CLOSE);
    let parts = |count: usize, header: &str| {
        let part = format!("--B\r\ncontent-disposition: form-data; name=\"a\"\r\nx: {header}\r\n\r\nx\r\n");
        let body = part.repeat(count) + "--B--\r\n";
        let head = "POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                    content-type: multipart/form-data; boundary=B\r\ncontent-length: ";
        format!("{head}{}\r\n\r\n{body}", body.len()).into_bytes()
    };
    let in_query = |headers: &str| {
        let target = "/faceid/v5/sdk/get_biz_token?sign=a&sign_version=hmac_sha1&liveness_id=b";
        format!("POST {target} HTTP/1.1\r\nhost: x\r\n{CLOSE}{headers}\r\n").into_bytes()
    };
    let also_in_query = {
        let request = String::from_utf8(asking("scene", CLOSE)).expect("text");
        request.replacen("get_biz_token ", "get_biz_token?liveness_id=scene ", 1).into_bytes()
    };
    let no_form = "sign stands in the URL's query: it is wanted in the form";
    // a name, what is sent, how the answer begins, what is in it
    let cases: &[(&str, Vec<u8>, &str, &str)] = &[
        ("a token", asking("scene", CLOSE), "HTTP/1.1 200 ", "\"biz_token\":\""),
        ("HTTP/1.0", b"GET / HTTP/1.0\r\n\r\n".into(), "HTTP/1.0 404 ", "API_NOT_FOUND"),
        ("chunks and a trailer", chunked.into(), "HTTP/1.1 400 ", "MISSING_ARGUMENTS: sign"),
        (
            "chunks that break off",
            post("transfer-encoding: chunked\r\n").replace("\r\n\r\n", "\r\n\r\nx").into(),
            "HTTP/1.1 400 ",
            "Bad Request",
        ),
        (
            "over 1 MiB, sent",
            [post(&long(3 << 20)).as_bytes(), &vec![b'x'; 3 << 20]].concat(),
            "HTTP/1.1 413 ",
            "Payload Too Large",
        ),
        (
            "over 1 MiB in chunks, sent",
            [
                post("transfer-encoding: chunked\r\n").as_bytes(),
                b"300000\r\n",
                &vec![b'x'; 3 << 20],
                b"\r\n0\r\n\r\n",
            ]
            .concat(),
            "HTTP/1.1 413 ",
            "Payload Too Large",
        ),
        (
            "over 1 MiB, announced",
            post(&format!("expect: 100-continue\r\n{}", long(3 << 20))).into(),
            "HTTP/1.1 413 ",
            "Payload Too Large",
        ),
        ("far over 1 MiB, announced", post(&long(1 << 40)).into(), "HTTP/1.1 413 ", ""),
        (
            "a head of over 16 KiB",
            post(&format!("x: {}\r\n", "y".repeat(17 << 10))).into(),
            "HTTP/1.1 431 ",
            "",
        ),
        ("17 parts", parts(17, ""), "HTTP/1.1 400 ", "more than 16 parts"),
        ("a part with a head of over 4 KiB", parts(1, &"y".repeat(5 << 10)), "HTTP/1.1 400 ", "4 KiB"),
        ("all in the query", in_query(""), "HTTP/1.1 400 ", no_form),
        (
            "in the query as well",
            also_in_query,
            "HTTP/1.1 200 ",
            "x-faceid-sandbox-hint: liveness_id stands in the URL's query",
        ),
        ("all in the query, no body", in_query("content-length: 0\r\n"), "HTTP/1.1 400 ", no_form),
        (
            "all in the query, an empty urlencoded body",
            in_query("content-type: application/x-www-form-urlencoded\r\ncontent-length: 0\r\n"),
            "HTTP/1.1 400 ",
            no_form,
        ),
        (
            "all in the query, an empty JSON body",
            [in_query("content-type: application/json\r\ncontent-length: 2\r\n"), b"{}".into()].concat(),
            "HTTP/1.1 400 ",
            no_form,
        ),
        ("no HTTP", b"hello\r\n\r\n".into(), "HTTP/1.1 400 ", ""),
        ("a reset", scene("sandbox:reset"), "", ""),
        ("a body that breaks off", scene("sandbox:truncate"), "HTTP/1.1 200 ", "\r\n\r\n{\"biz_token\":\""),
        ("a gateway's page", scene("sandbox:html502"), "HTTP/1.1 502 ", "502 Bad Gateway</h1>"),
    ];
    for (name, sent, start, content) in cases {
        let answer = exchange(&server, sent);
        assert!(answer.starts_with(start) && answer.contains(content), "{name}: {answer}");
        assert_eq!(answer.is_empty(), start.is_empty(), "{name}: {answer}");
        // What hyper itself refuses has no date; the rest has one, and it is ours.
        let by_hyper = answer.starts_with("HTTP/1.1 431") || answer.ends_with("\r\n\r\n");
        assert_eq!(
            answer.matches("\r\ndate: ").count(),
            usize::from(!by_hyper && !answer.is_empty()),
            "{name}: {answer}"
        );
        let whole = answer
            .split_once("content-length: ")
            .map(|(_, rest)| rest.split_once("\r\n").unwrap().0.parse::<usize>().unwrap());
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.len());
        assert_eq!(
            whole == body,
            !name.contains("that breaks off") || start.contains("400"),
            "{name}: {answer}"
        );
    }
}

/// From the head to the end of the answer, and known before that.
#[test]
fn what_an_entry_says_of_time() {
    let server = Sandbox::builder().start().unwrap();
    let started = std::time::SystemTime::now();
    // the scene, how long the body is waited for, and the milliseconds that all of it takes at least
    let cases = [
        ("scene", 0, 0),
        ("scene", 400, 200),
        ("sandbox:delay=200ms", 0, 200),
        ("sandbox:slow=300B/s", 0, 300),
    ];
    for (scene, pause, least) in cases {
        let sent = asking(scene, CLOSE);
        let (head, body) = sent.split_at(sent.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4);
        let mut stream = TcpStream::connect(server.address()).unwrap();
        let before = Instant::now();
        stream.write_all(head).unwrap();
        thread::sleep(Duration::from_millis(pause));
        stream.write_all(body).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        let entry = server.sandbox().journal().pop().unwrap();
        let (took, whole) = (entry.took, before.elapsed());
        assert!(
            took >= Duration::from_millis(least) && took <= whole + Duration::from_millis(200),
            "{scene}: {took:?}"
        );
        let head_came = entry.received.duration_since(started).unwrap();
        assert!(
            head_came + took <= started.elapsed().unwrap() + Duration::from_millis(200),
            "{scene}: {head_came:?}"
        );
    }
}

/// What a client sends is kept in part, so that a full journal has a bound; and no answer's head grows with it.
#[test]
fn what_an_entry_keeps_is_cut() {
    let server = Sandbox::builder().unknown_fields(false).start().unwrap();
    let form = |fields: &[(&str, &str)]| {
        let part = |(name, value): &(&str, &str)| {
            format!("--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let body = fields.iter().map(part).collect::<String>() + "--B--\r\n";
        let head = "POST /faceid/v5/sdk/get_biz_token HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                    content-type: multipart/form-data; boundary=B\r\ncontent-length: ";
        format!("{head}{}\r\n\r\n{body}", body.len())
    };
    let (long, name) = ("x".repeat(520), "n".repeat(4000));
    let sign = {
        let stamp = faceid_sign::Stamp::now().unwrap();
        let validity = faceid_sign::Validity::seconds(100).unwrap();
        demo_credentials().sign(&stamp, validity).unwrap().expose().to_owned()
    };
    let right = [("sign", &*sign), ("sign_version", "hmac_sha1"), ("liveness_id", "x")];
    let unknown = |times: usize| form(&[&right[..], &vec![(&*name, &*long); times]].concat());
    let fault = |text: &str| asking("x", &format!("{CLOSE}x-faceid-sandbox-fault: {text}\r\n"));
    // a name, and what is sent
    let cases: &[(&str, Vec<u8>)] = &[
        ("a long method", format!("{} / HTTP/1.1\r\nhost: x\r\n{CLOSE}\r\n", "M".repeat(15_000)).into()),
        ("a long path", format!("GET /{} HTTP/1.1\r\nhost: x\r\n{CLOSE}\r\n", "p".repeat(15_000)).into()),
        ("a value 16 times", form(&[("liveness_id", &*long); 16]).into()),
        ("a long unknown field", unknown(1).into()),
        ("13 of them", unknown(13).into()),
        ("a long fault", fault(&format!("AUTHORIZATION_ERROR={}", "A".repeat(14_000)))),
        ("a longer one", asking(&format!("sandbox:AUTHORIZATION_ERROR={}", "A".repeat(1_000_000)), CLOSE)),
        ("a scene of 1 MB", asking(&"s".repeat(1_000_000), CLOSE)),
        ("the longest fault", fault(&format!("AUTHORIZATION_ERROR={}", "A".repeat(235)))),
    ];
    for (name, sent) in cases {
        let answer = exchange(&server, sent);
        let head = answer.split("\r\n\r\n").next().unwrap();
        assert!(!head.is_empty() && head.len() < 1000, "{name}: {}", head.len());
        let entry = server.sandbox().journal().pop().unwrap();
        let texts = [&entry.liveness_id, &entry.problem, &entry.fault, &entry.error];
        let texts = texts.into_iter().flatten().map(|text| text.len()).sum::<usize>();
        let values = entry.form.iter().filter_map(|field| field.value.as_ref()).map(|value| value.len());
        let names = entry.form.iter().map(|field| field.name.len());
        let kept = [entry.method.as_str().len(), entry.path.len(), texts, values.sum(), names.sum()];
        for (kept, most) in kept.into_iter().zip([32, 256, 1024, 1024, 1024]) {
            assert!(kept <= most, "{name}: {kept} of {most}");
        }
        assert_eq!(entry.form.len().saturating_sub(16), 0, "{name}");
    }
    let [.., entry] = &server.sandbox().journal()[..] else { panic!("entries") };
    assert_eq!(entry.fault.as_ref().map(|fault| fault.len()), Some("sandbox:".len() + 256));
}

#[test]
fn a_connection_serves_many_requests_and_no_delay_holds_another() {
    let server = Sandbox::builder().start().unwrap();
    let sent = [asking("scene", ""), asking("scene", ""), asking("scene", CLOSE)];
    assert_eq!(exchange(&server, &sent.concat()).matches("HTTP/1.1 200").count(), 3);

    let started = Instant::now();
    // Some 130 bytes of body at 400 a second.
    let slow = [asking("sandbox:delay=300ms", CLOSE), asking("sandbox:slow=400B/s", CLOSE)];
    thread::scope(|scope| {
        for slow in slow.iter().cycle().take(8) {
            scope.spawn(|| assert!(exchange(&server, slow).starts_with("HTTP/1.1 200")));
        }
        assert!(exchange(&server, &asking("scene", CLOSE)).starts_with("HTTP/1.1 200"));
    });
    let took = started.elapsed();
    assert!((Duration::from_millis(300)..Duration::from_millis(1500)).contains(&took), "{took:?}");
}

#[test]
fn faults_are_counted_anew_after_a_success() {
    let server = Sandbox::builder().start().unwrap();
    // the fault that a request's header asks for, and the status
    let cases = [
        ("INTERNAL_ERROR*2", 500),
        ("", 200),
        ("INTERNAL_ERROR*2", 500),
        ("html502", 502),
        ("INTERNAL_ERROR*2", 500),
        ("html503*1", 503),
        ("INTERNAL_ERROR*2", 200),
        ("html503*1", 503),
        ("delay=1ms", 200),
        ("INTERNAL_ERROR*2", 500),
    ];
    for (at, (fault, status)) in cases.into_iter().enumerate() {
        let header =
            if fault.is_empty() { String::new() } else { format!("x-faceid-sandbox-fault: {fault}\r\n") };
        let answer = exchange(&server, &asking("scene", &format!("{CLOSE}{header}")));
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "request {at}: {answer}");
    }
}

#[test]
fn requests_in_flight_are_counted() {
    let server = Sandbox::builder().key(Key::new(demo_credentials()).concurrency(2)).start().unwrap();
    let slow = asking("sandbox:delay=400ms", CLOSE);
    let fast = asking("scene", CLOSE);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| assert!(exchange(&server, &slow).starts_with("HTTP/1.1 200")));
        }
        while server.sandbox().journal().len() < 2 {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(exchange(&server, &fast).contains("CONCURRENCY_LIMIT_EXCEEDED"));
        // Those of a key are so whatever is then said of it.
        server.sandbox().put_key(Key::new(demo_credentials()).concurrency(2));
        assert!(exchange(&server, &fast).contains("CONCURRENCY_LIMIT_EXCEEDED"));
    });
    assert!(exchange(&server, &fast).starts_with("HTTP/1.1 200"));

    // Who hangs up gives the place back as well, whatever else was sent.
    for rest in [&b""[..], b"\r\n", &asking("scene", ""), &vec![b'x'; 1 << 15]] {
        let endless = [&asking("sandbox:delay=600s", ""), rest].concat();
        for _ in 0..2 {
            let before = server.sandbox().journal().len();
            let mut stream = TcpStream::connect(server.address()).unwrap();
            // With more than is read, the rest stays here.
            stream.set_nonblocking(true).unwrap();
            let _ = stream.write(&endless);
            while server.sandbox().journal().len() == before {
                thread::sleep(Duration::from_millis(5));
            }
        }
        let until = Instant::now() + Duration::from_secs(5);
        while !exchange(&server, &fast).starts_with("HTTP/1.1 200") {
            assert!(Instant::now() < until, "the places are not given back: {} bytes more", rest.len());
            thread::sleep(Duration::from_millis(10));
        }
    }
}

#[test]
fn it_stops_and_frees_the_port() {
    let server = Sandbox::builder().start().unwrap();
    let address = server.address();
    assert_eq!(server.url(), format!("http://{address}"));
    assert!(address.ip().is_loopback());
    let mut idle = TcpStream::connect(address).unwrap();
    assert!(exchange(&server, &asking("scene", CLOSE)).starts_with("HTTP/1.1 200"));

    let sandbox = server.sandbox().clone();
    server.stop();
    idle.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    assert!(matches!(idle.read(&mut [0]), Ok(0) | Err(_)), "closed");
    assert!(TcpStream::connect(address).is_err());
    assert_eq!(sandbox.journal().len(), 1, "the sandbox outlives it");

    let again = Server::start(sandbox.clone(), address).unwrap();
    assert!(exchange(&again, &asking("scene", CLOSE)).starts_with("HTTP/1.1 200"));
    assert_eq!(sandbox.journal().len(), 2);
    let taken = Sandbox::builder().address(address).start();
    assert!(taken.is_err(), "{taken:?}");
    drop(again);
    drop(TcpListener::bind(address).unwrap());
}

#[test]
fn it_works_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let server = Sandbox::builder().start().unwrap();
        assert!(exchange(&server, &asking("scene", CLOSE)).starts_with("HTTP/1.1 200"));
        assert!(Sandbox::builder().address(server.address()).start().is_err());
        drop(server);
    });
}
