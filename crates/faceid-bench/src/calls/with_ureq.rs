//! ureq without us.

use ureq::Agent;
use ureq::unversioned::multipart::Form;

use super::{Plan, in_threads};
use crate::form;

/// As it comes, but for the proxy: no connection of this benchmark leaves the machine.
fn agent() -> Agent {
    Agent::config_builder().proxy(None).build().into()
}

/// With its own multipart builder, and as it comes: it keeps three idle connections.
pub(super) fn multipart(url: &str, plan: Plan) {
    multipart_by(&agent(), url, plan);
}

/// The same with an idle connection kept for each thread.
pub(super) fn multipart_pooled(url: &str, plan: Plan) {
    let idle = plan.in_flight as usize;
    let settings = Agent::config_builder().proxy(None);
    let settings = settings.max_idle_connections(idle).max_idle_connections_per_host(idle);
    multipart_by(&settings.build().into(), url, plan);
}

fn multipart_by(agent: &Agent, url: &str, plan: Plan) {
    let url = format!("{url}{}", form::PATH);
    in_threads(plan, || {
        let fields = form::fields();
        let form = fields.iter().fold(Form::new(), |form, (name, value)| form.text(name, value));
        let mut answer = agent.post(&url).send(form).expect("an answer");
        drop(answer.body_mut().read_json::<form::Answer>().expect("a token"));
    });
}

/// With a body that is built by hand.
pub(super) fn plain(url: &str, plan: Plan) {
    let (agent, url) = (agent(), format!("{url}{}", form::PATH));
    in_threads(plan, || {
        let (content_type, body) = form::body();
        let mut answer = agent.post(&url).header("content-type", content_type).send(body).expect("an answer");
        drop(form::read(&answer.body_mut().read_to_vec().expect("a body")));
    });
}
