//! The suite over `Call` alone, without a socket.

use faceid_sandbox::{Sandbox, conformance};
use faceid_types::{BizToken, Call, Context, Error, GetBizToken, Moment, Step};

fn send(sandbox: &Sandbox, context: &Context, request: &GetBizToken) -> Result<BizToken, Error> {
    let mut call = Call::new(context, request);
    loop {
        let attempt = call.next(Moment::now())?;
        match call.finish(sandbox.exchange(&attempt), Moment::now()) {
            Step::Done(result) => return result,
            Step::Retry(wait) => std::thread::sleep(wait),
        }
    }
}

#[test]
fn call_conforms() {
    conformance::run_without_socket(|sandbox, config| {
        let (sandbox, context) = (sandbox.clone(), Context::new(config).unwrap());
        Box::new(move |request| send(&sandbox, &context, request))
    });
}
