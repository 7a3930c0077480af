//! What a registry may do wrong, on request.

use super::http::Response;

/// A fault of the registry, for one crate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fault {
    /// The upload is answered with 503 and not taken, this many times.
    Unavailable(u32),
    /// The upload is answered with 429, as the public registry does to many new crates at once, and not taken.
    #[cfg(test)]
    TooMany,
    /// The upload is answered with what is no answer of a registry, and not taken.
    Garbage,
    /// The upload is never answered, and not taken.
    Hang,
    /// The upload is taken, and the index does not show it the next times that it is asked.
    Lag(u32),
    /// The index answers 503.
    IndexUnavailable,
    /// The index never answers.
    #[cfg(test)]
    IndexHang,
    /// The index answers what is no index.
    IndexGarbage,
    /// The index ends in the middle of a line.
    #[cfg(test)]
    IndexCut,
    /// The index sends on to a page that is not there.
    #[cfg(test)]
    IndexElsewhere,
}

/// What is answered to an upload in place of taking it.
pub(super) fn on_upload(faults: &mut [(String, Fault)], krate: &str) -> Option<Response> {
    match of(faults, krate)? {
        Fault::Unavailable(times) if *times > 0 => {
            *times -= 1;
            Some(Response::error(503, "the registry is down for maintenance"))
        }
        #[cfg(test)]
        Fault::TooMany => Some(Response::error(429, "too many new crates: try again after 23:59 GMT")),
        Fault::Garbage => Some(Response::ok("<html>not a registry</html>")),
        Fault::Hang => Some(Response::Silence),
        _ => None,
    }
}

/// What is answered in place of a crate's page of the index.
pub(super) fn on_index(faults: &mut [(String, Fault)], krate: &str, page: Option<&str>) -> Option<Response> {
    match of(faults, krate)? {
        Fault::IndexUnavailable => Some(Response::error(503, "the index is down for maintenance")),
        #[cfg(test)]
        Fault::IndexHang => Some(Response::Silence),
        Fault::IndexGarbage => Some(Response::ok("<html>not an index</html>")),
        #[cfg(test)]
        Fault::IndexCut => page.map(|page| Response::ok(&page[..page.len() / 2])),
        #[cfg(test)]
        Fault::IndexElsewhere => Some(Response::Elsewhere),
        Fault::Lag(times) if *times > 0 && page.is_some() => {
            *times -= 1;
            Some(Response::not_found())
        }
        _ => None,
    }
}

fn of<'a>(faults: &'a mut [(String, Fault)], krate: &str) -> Option<&'a mut Fault> {
    faults.iter_mut().find(|(name, _)| name == krate).map(|(_, fault)| fault)
}
