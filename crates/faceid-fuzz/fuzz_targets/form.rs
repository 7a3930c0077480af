//! Forms: what is written is read back by a reader that is not ours.

#![no_main]

use std::sync::LazyLock;

use faceid_fuzz::{API_KEY, API_SECRET, Part, parts};
use faceid_types::{
    Answer, Call, Config, Context, Credentials, DecodeFault, Endpoint, Form, Invalid, Moment, Region,
};
use libfuzzer_sys::{Corpus, arbitrary, fuzz_target};

#[derive(Debug, arbitrary::Arbitrary)]
enum Field {
    Text(Name, String),
    Personal(Name, String),
    File(Name, String, Vec<u8>),
}

#[derive(Debug, Clone, Copy, arbitrary::Arbitrary)]
enum Name {
    BizNo,
    Image,
    Quoted,
    Chinese,
    Sign,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::BizNo => "biz_no",
            Self::Image => "image",
            Self::Quoted => "a \"quoted\"\r\nname",
            Self::Chinese => "姓名",
            Self::Sign => "sign",
        }
    }
}

struct Fields(Vec<Field>);

impl Endpoint for Fields {
    type Response = ();

    const PATH: &'static str = "/v5/sdk/fields";
    const REPEATABLE: bool = false;

    fn write<'a>(&'a self, form: &mut Form<'a>) -> Result<(), Invalid> {
        for field in &self.0 {
            match field {
                Field::Text(name, text) => form.text(name.text(), text),
                Field::Personal(name, text) => form.personal(name.text(), text),
                Field::File(name, file_name, content) => {
                    form.file(name.text(), file_name, "image/jpeg", content)
                }
            };
        }
        Ok(())
    }

    fn read(_: &Answer<'_>) -> Result<(), DecodeFault> {
        Ok(())
    }
}

/// As browsers write a name. [HTML, multipart/form-data encoding]
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

static CONTEXT: LazyLock<Context> = LazyLock::new(|| {
    let credentials = Credentials::new(API_KEY, API_SECRET).expect("a pair");
    Context::new(Config::new(Region::Singapore, credentials)).expect("settings that can be used")
});

fuzz_target!(|fields: Vec<Field>| -> Corpus {
    // Names that no camera gives, and that readers of headers take in different ways.
    let odd = |c: char| (c.is_control() && !matches!(c, '\r' | '\n')) || c == '\\';
    if fields.iter().any(|field| matches!(field, Field::File(_, name, _) if name.contains(odd))) {
        return Corpus::Reject;
    }
    let fields = Fields(fields);
    let expected: Vec<Part> = fields
        .0
        .iter()
        .map(|field| match field {
            Field::Text(name, text) | Field::Personal(name, text) => {
                Part { name: escaped(name.text()), file_name: None, value: text.clone().into_bytes() }
            }
            Field::File(name, file_name, content) => Part {
                name: escaped(name.text()),
                file_name: Some(escaped(file_name)),
                value: content.clone(),
            },
        })
        .collect();

    let attempt = Call::new(&CONTEXT, &fields).next(Moment::now()).expect("it can be sent");
    let content_type = attempt.request.headers()["content-type"].to_str().expect("ASCII");
    let mut read = parts(content_type, attempt.request.body()).expect("a form");
    let own: Vec<_> = read.drain(..2).map(|part| part.name).collect();
    assert_eq!(own, ["sign", "sign_version"]);
    assert_eq!(read, expected);
    assert!(!format!("{attempt:?}").contains(API_SECRET));
    Corpus::Keep
});
