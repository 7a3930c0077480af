//! reqwest without us.

use reqwest::Client;
use reqwest::header::CONTENT_TYPE;
use reqwest::multipart::Form;

use super::{Plan, in_tasks, ours};
use crate::form;

fn client() -> Client {
    Client::builder().no_proxy().tls_backend_preconfigured(ours::tls()).build().expect("a client")
}

/// With its own multipart builder.
pub(super) fn multipart(url: &str, plan: Plan) {
    let (client, url) = (client(), format!("{url}{}", form::PATH));
    in_tasks(plan, || {
        let (client, url) = (client.clone(), url.clone());
        move || {
            let (client, url) = (client.clone(), url.clone());
            async move {
                let fields = form::fields().into_iter();
                let form = fields.fold(Form::new(), |form, (name, value)| form.text(name, value));
                let answer = client.post(url).multipart(form).send().await.expect("an answer");
                drop(
                    answer
                        .error_for_status()
                        .expect("success")
                        .json::<form::Answer>()
                        .await
                        .expect("a token"),
                );
            }
        }
    });
}

/// With a body that is built by hand.
pub(super) fn plain(url: &str, plan: Plan) {
    let (client, url) = (client(), format!("{url}{}", form::PATH));
    in_tasks(plan, || {
        let (client, url) = (client.clone(), url.clone());
        move || {
            let (client, url) = (client.clone(), url.clone());
            async move {
                let (content_type, body) = form::body();
                let request = client.post(url).header(CONTENT_TYPE, content_type).body(body);
                let answer = request.send().await.expect("an answer").error_for_status().expect("success");
                drop(form::read(&answer.bytes().await.expect("a body")));
            }
        }
    });
}
