//! The reader against cases by hand, against any bytes, and against a reader that is not ours.

use axum::body::Body;
use faceid_types::{
    Answer, Call, Config, Context, DecodeFault, Endpoint, Form, GetBizToken, Invalid, Moment,
};
use proptest::prelude::*;

use super::*;

/// Name, whether it is a file, value.
type Found = (String, bool, Vec<u8>);

fn ours(body: &[u8], boundary: &str) -> Result<Vec<Found>, Unreadable> {
    let parts = read(body, boundary.as_bytes())?;
    let found = |part: &Part<'_>| (part.name.to_string(), part.is_file, part.value.to_vec());
    Ok(parts.iter().map(found).collect())
}

fn multers(body: &[u8], boundary: &str) -> multer::Result<Vec<Found>> {
    let stream = Body::from(body.to_vec()).into_data_stream();
    let mut form = multer::Multipart::new(stream, boundary);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let mut found = Vec::new();
        while let Some(field) = form.next_field().await? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_file = field.file_name().is_some();
            found.push((name, is_file, field.bytes().await?.to_vec()));
        }
        Ok(found)
    })
}

#[test]
fn cases_by_hand() {
    use Unreadable::{
        Boundary, BreaksOff, Disposition, Encoded, Header, LongHead, Start, TooManyParts, Trailing,
    };
    let a = "Content-Disposition: form-data; name=a";
    let long = format!("x: {}", "y".repeat(LONGEST_HEAD));
    let parts = |count| "\r\n@\r\n\r\n\r\n--B".replace('@', a).repeat(count);
    // `@` stands for the head of a part that is named a
    let cases: &[(&str, Result<&[(&str, bool, &str)], Unreadable>)] = &[
        ("--B--", Ok(&[])),
        ("--B--\r\n", Ok(&[])),
        ("--B\r\n@\r\n\r\n1\r\n--B--\r\n", Ok(&[("a", false, "1")])),
        ("--B\r\n@\r\n\r\n\r\n--B--", Ok(&[("a", false, "")])),
        (
            "--B\r\n@\r\n\r\n1\r\n--B\r\n@; filename=f\r\n\r\n\r\n2\r\n\r\n--B--",
            Ok(&[("a", false, "1"), ("a", true, "\r\n2\r\n")]),
        ),
        ("--B\r\n@; filename*=UTF-8''f\r\n\r\n1\r\n--B--", Ok(&[("a", true, "1")])),
        ("--B\r\n@\r\n\r\n\r\n--\r\n-B--\r\n\r--B\r\n--B--", Ok(&[("a", false, "\r\n--\r\n-B--\r\n\r--B")])),
        (
            "--B\r\nContent-Type: text/plain\r\nCONTENT-DISPOSITION:Form-Data;name=\"a b\"\r\n\r\n1\r\n--B--",
            Ok(&[("a b", false, "1")]),
        ),
        ("--B\r\n@\r\nContent-Transfer-Encoding: 8bit\r\n\r\n1\r\n--B--", Ok(&[("a", false, "1")])),
        ("", Err(Start)),
        ("a=1&b=2", Err(Start)),
        ("{}", Err(Start)),
        ("\r\n--B--", Err(Start)),
        ("--b--", Err(Start)),
        ("--B", Err(BreaksOff)),
        ("--B\r", Err(BreaksOff)),
        ("--B-", Err(BreaksOff)),
        ("--Bx\r\n", Err(Boundary)),
        ("--B \r\n", Err(Boundary)),
        ("--B\n@\n\n1\n--B--", Err(Boundary)),
        ("--B\r\n@\r\n\r\n1\r\n--Bx\r\n", Err(Boundary)),
        ("--B\r\n", Err(BreaksOff)),
        ("--B\r\n@", Err(BreaksOff)),
        ("--B\r\n@\r\n", Err(BreaksOff)),
        ("--B\r\n@\r\n\r\n", Err(BreaksOff)),
        ("--B\r\n@\r\n\r\n1\r\n--", Err(BreaksOff)),
        ("--B\r\n@\r\n\r\n1--B--", Err(BreaksOff)),
        ("--B--x", Err(Trailing)),
        ("--B--\r\n\r\n", Err(Trailing)),
        ("--B\r\n\r\n1\r\n--B--", Err(Disposition)),
        ("--B\r\n@\r\n@\r\n\r\n1\r\n--B--", Err(Disposition)),
        ("--B\r\nContent-Disposition: form-data\r\n\r\n1\r\n--B--", Err(Disposition)),
        ("--B\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--B--", Err(Disposition)),
        ("--B\r\n@\r\nno header\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\r\n folded: x\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\nx: y\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\r\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\r\nx=y: z\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\r\n: x\r\n\r\n1\r\n--B--", Err(Header)),
        ("--B\r\n@\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--B--", Err(Encoded)),
        (&format!("--B\r\n@\r\n{long}\r\n\r\n1\r\n--B--"), Err(LongHead)),
        (&format!("--B\r\n@\r\n{}", long.repeat(9)), Err(LongHead)),
        (&format!("--B{}--", parts(MOST_PARTS)), Ok(&[("a", false, ""); 16])),
        (&format!("--B{}--", parts(MOST_PARTS + 1)), Err(TooManyParts)),
    ];
    for (body, expected) in cases {
        let body = body.replace('@', a);
        let owned = |(name, is_file, value): &(&str, bool, &str)| {
            ((*name).to_owned(), *is_file, value.as_bytes().to_vec())
        };
        let expected = expected.map(|parts| parts.iter().map(owned).collect::<Vec<_>>());
        assert_eq!(ours(body.as_bytes(), "B"), expected, "{body:.200}");
    }
}

#[test]
fn names_are_bytes_that_are_text() {
    let body = |name: &[u8]| {
        let head = [b"--B\r\nContent-Disposition: form-data; name=\"", name, b"\"\r\n\r\n"].concat();
        [head.as_slice(), b"\xFF\x00\r\n--B--"].concat()
    };
    let found = ours(&body("场".as_bytes()), "B");
    assert_eq!(found, Ok(vec![("场".to_owned(), false, vec![0xFF, 0])]));
    assert_eq!(ours(&body(b"\xFF"), "B"), Err(Unreadable::Disposition));
}

/// A request with all that a form can have.
struct Everything {
    text: String,
    file_name: String,
    content: Vec<u8>,
}

impl Endpoint for Everything {
    type Response = ();
    const PATH: &'static str = "/everything";
    const REPEATABLE: bool = false;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        form.text("text", &self.text)
            .file("image", &self.file_name, "image/jpeg", &self.content)
            .personal("biz_no", &self.text);
        Ok(())
    }

    fn read(_: &Answer<'_>) -> Result<(), DecodeFault> {
        Ok(())
    }
}

/// The form that a call sends, and its boundary.
fn sent<E: Endpoint>(request: &E) -> (Vec<u8>, String) {
    let config = Config::at("http://127.0.0.1", crate::demo_credentials());
    let context = Context::new(config).unwrap();
    let request = Call::new(&context, request).next(Moment::now()).unwrap().request;
    let content_type = request.headers()["content-type"].to_str().unwrap();
    let boundary = content_type.split_once("boundary=").unwrap().1.to_owned();
    (request.into_body(), boundary)
}

/// Pieces that forms are made of, in any order; most make a form that reads.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let in_a_value =
        prop::sample::select(vec!["\r\n", "\r", "\n", "--", "-", "B", "--B", " ", "é", ": ", "\r\n--"]);
    let a_part = prop::sample::select(vec![
        "\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n",
        "\r\n--B\r\ncontent-disposition: form-data; name=b; filename=\"c\"\r\nContent-Type: text/plain\r\n\r\n",
    ]);
    let anything = prop::sample::select(vec![
        "\r\n--B",
        "\r\n--B--",
        "\r\n--B\r\n",
        "\r\n\r\n",
        "Content-Disposition: form-data; name=\"a\"",
        "Content-Type: text/plain",
        "; name=\"d\"",
    ]);
    let piece = prop_oneof![12 => in_a_value, 6 => a_part, 1 => anything];
    let end =
        prop_oneof![6 => Just("\r\n--B--"), 6 => Just("\r\n--B--\r\n"), 1 => Just("--B--"), 1 => Just("")];
    (prop::collection::vec(piece, 0..16), end).prop_map(|(pieces, end)| {
        let head = "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n";
        [head, &pieces.concat(), end].concat().into_bytes()
    })
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in any::<Vec<u8>>(), boundary in any::<Vec<u8>>()) {
        let _ = read(&body, &boundary);
        let _ = read(&[b"--", boundary.as_slice(), &body].concat(), &boundary);
    }

    #[test]
    fn what_it_takes_another_reader_takes_as_the_same(body in pieces()) {
        if let Ok(found) = ours(&body, "B") {
            let theirs = multers(&body, "B");
            prop_assert!(theirs.is_ok(), "{:?} {}", theirs, String::from_utf8_lossy(&body));
            prop_assert_eq!(found, theirs.unwrap(), "{}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn a_call_is_read_as_another_reader_reads_it(scene in "[^\\p{Cc}]{1,40}", uuid in "[^\\p{Cc}]{1,30}") {
        let (body, boundary) = sent(&GetBizToken::new(&scene).uuid(&uuid));
        let found = ours(&body, &boundary).unwrap();
        let names: Vec<&str> = found.iter().map(|(name, _, _)| &**name).collect();
        prop_assert_eq!(names, ["sign", "sign_version", "liveness_id", "uuid"]);
        prop_assert_eq!(&found[2].2, scene.as_bytes());
        prop_assert_eq!(&found[3].2, uuid.as_bytes());
        prop_assert_eq!(found, multers(&body, &boundary).unwrap());
    }

    #[test]
    fn any_form_is_read_as_another_reader_reads_it(
        text in any::<String>(),
        file_name in "[a-zé\"\r\n ]{0,20}",
        content in any::<Vec<u8>>(),
    ) {
        let request = Everything { text, file_name, content };
        let (body, boundary) = sent(&request);
        let found = ours(&body, &boundary).unwrap();
        prop_assert_eq!(&found[2].2, request.text.as_bytes());
        prop_assert_eq!(&found[3], &("image".to_owned(), true, request.content));
        prop_assert_eq!(found, multers(&body, &boundary).unwrap());
    }
}
