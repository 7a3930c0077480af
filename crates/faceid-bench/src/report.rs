//! One line of JSON for `cargo xtask bench`.

/// Prints the figures of a program by their names.
pub fn print<'a>(figures: impl IntoIterator<Item = (&'a str, f64)>) {
    let figures = figures.into_iter().map(|(name, figure)| (name.to_owned(), figure.into()));
    println!("{}", serde_json::Value::Object(figures.collect()));
}

/// The middle one of several figures.
#[must_use]
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_unstable_by(f64::total_cmp);
    figures[figures.len() / 2]
}
